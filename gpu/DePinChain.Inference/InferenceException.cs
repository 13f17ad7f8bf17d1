namespace DePinChain.Inference;

/// <summary>What is wrong with a model, a request or a result.</summary>
public enum InferenceFault
{
    /// <summary>A file of the model is missing, torn, hostile or of a kind this engine does not read.</summary>
    Model,

    /// <summary>The tokenizer's file is not what this engine reads, or a text cannot be tokenized within its limits.</summary>
    Tokenizer,

    /// <summary>The request is longer than the model, or names what it does not have.</summary>
    Request,

    /// <summary>An activation is not a finite number: the result says nothing.</summary>
    Numerics,
}

/// <summary>An inference that cannot be done; the message says why and what would do.</summary>
public sealed class InferenceException(InferenceFault fault, string message) : Exception(message)
{
    /// <summary>The class of the failure.</summary>
    public InferenceFault Fault { get; } = fault;

    internal static void Require(bool condition, InferenceFault fault, string message)
    {
        if (!condition) throw new InferenceException(fault, message);
    }
}
