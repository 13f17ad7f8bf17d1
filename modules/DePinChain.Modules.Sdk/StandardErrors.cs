using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The module has no such function at this height.</summary>
/// <param name="Selector">The four bytes that were sent, big-endian; missing bytes are zero.</param>
public readonly record struct UnknownSelector(uint Selector) : IError<UnknownSelector>
{
    // keccak256("UnknownSelector(bytes4)"). Written by hand: bytes4 stands at the left of its word and has no C# type.
    /// <inheritdoc/>
    public static uint ErrorSelector => 0xc2a825f5;

    /// <inheritdoc/>
    public byte[] Encode()
    {
        AbiWriter arguments = new(headWords: 1);
        arguments.WriteFixedBytes(Calldata.SelectorBytes(Selector));
        return arguments.ToArray(Calldata.SelectorBytes(ErrorSelector));
    }

    /// <inheritdoc/>
    public static bool TryDecode(ReadOnlySpan<byte> returnData, out UnknownSelector decoded)
    {
        decoded = default;
        if (!Calldata.Selects(returnData, ErrorSelector)) return false;
        try
        {
            AbiReader reader = new(returnData[Calldata.SelectorSize..]);
            decoded = new UnknownSelector(Calldata.SelectorOf(reader.ReadFixedBytes(Calldata.SelectorSize)));
            return true;
        }
        catch (AbiException)
        {
            return false;
        }
    }
}

/// <summary>Native value came with a call of a function that takes none.</summary>
[Error]
public readonly partial record struct NotPayable;

/// <summary>The calldata is not what the function's types say.</summary>
/// <param name="Reason">What is wrong.</param>
[Error]
public readonly partial record struct MalformedCalldata(string Reason);

/// <summary>An account owns less than it has to pay.</summary>
/// <param name="Account">The payer.</param>
/// <param name="Needed">What it has to pay.</param>
/// <param name="Had">What it owns.</param>
[Error]
public readonly partial record struct InsufficientBalance(Address Account, Amount Needed, Amount Had);

/// <summary>The beacon cannot be read at a height: it is not past, or its mix is no longer kept.</summary>
/// <param name="Height">The height asked for.</param>
[Error]
public readonly partial record struct BeaconExpired(ulong Height);

/// <summary>The module faulted in three consecutive blocks; it waits for a fork or for governance.</summary>
[Error]
public readonly partial record struct ModuleSuspended;

/// <summary>The module has no governed parameter of this name.</summary>
/// <param name="Key">The name asked for.</param>
[Error]
public readonly partial record struct UnknownParameter(string Key);

/// <summary>A governed parameter would leave its declared range.</summary>
/// <param name="Key">The parameter.</param>
/// <param name="Value">The value asked for.</param>
/// <param name="Min">The smallest allowed.</param>
/// <param name="Max">The largest allowed.</param>
[Error]
public readonly partial record struct ParameterOutOfRange(string Key, UInt256 Value, UInt256 Min, UInt256 Max);
