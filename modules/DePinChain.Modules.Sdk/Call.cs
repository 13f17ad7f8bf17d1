using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>One call of a module's function: who, with what value, in which block. Only entry points see it.</summary>
public sealed class Call
{
    /// <summary>The account that called: the transaction's sender, or Multicall3.</summary>
    public required Address Sender { get; init; }

    /// <summary>The account that signed the transaction.</summary>
    public required Address Origin { get; init; }

    /// <summary>Native value that came with the call; it is on the module's account already.</summary>
    public required Amount Value { get; init; }

    /// <summary>The block the call runs in.</summary>
    public required BlockContext Block { get; init; }

    /// <summary>Where computation is charged.</summary>
    public required IMeter Meter { get; init; }

    /// <summary>
    /// Reverts with <see cref="NotPayable"/> when value came along. Generated dispatch calls it for functions without
    /// <see cref="PayableAttribute"/>.
    /// </summary>
    public void RejectValue()
    {
        if (!Value.IsZero) throw Revert.With(new NotPayable());
    }
}
