using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Ends a call and undoes it: the caller gets <see cref="ReturnData"/>, as from Solidity's <c>revert</c>.</summary>
/// <remarks>Caught by the execution kernel alone; a module never catches it.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The EVM's word; it reads as a statement.")]
public sealed class Revert : Exception
{
    // Selectors of Error(string) and Panic(uint256), Solidity's two built-in errors.
    private const uint ReasonSelector = 0x08c379a0;
    private const uint PanicSelector = 0x4e487b71;

    /// <param name="returnData">A selector and its arguments, or nothing.</param>
    public Revert(byte[] returnData) : this(returnData, "The call was reverted.")
    {
    }

    private Revert(byte[] returnData, string message) : base(message) => ReturnData = returnData;

    /// <summary>What the caller gets back: a custom error, <c>Error(string)</c>, <c>Panic(uint256)</c>, or nothing.</summary>
    public byte[] ReturnData { get; }

    /// <summary>A custom error.</summary>
    public static Revert With<TError>(in TError error)
        where TError : struct, IError => new(error.Encode(), $"The call was reverted with {error}.");

    /// <summary><c>Error(string)</c>: for what no caller needs to tell apart.</summary>
    public static Revert WithReason(string reason)
    {
        AbiWriter arguments = new(headWords: 1);
        arguments.WriteString(reason);
        return new Revert(arguments.ToArray(Calldata.SelectorBytes(ReasonSelector)), reason);
    }

    /// <summary><c>Panic(uint256)</c> with one of Solidity's codes.</summary>
    public static Revert Panic(PanicCode code)
    {
        AbiWriter arguments = new(headWords: 1);
        arguments.WriteUInt((ulong)code);
        return new Revert(arguments.ToArray(Calldata.SelectorBytes(PanicSelector)), $"The call panicked: {code}.");
    }
}
