using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>An event that can be written as an EVM log. The generator implements it on <see cref="EventAttribute"/> types.</summary>
public interface IEvent
{
    /// <summary>keccak256 of the signature, then the indexed fields: one to four topics.</summary>
    Hash256[] Topics();

    /// <summary>The other fields in Solidity's ABI.</summary>
    byte[] Payload();
}

/// <summary>An event that can also be read back from a log, which holds unless a hashed field is among its topics.</summary>
/// <typeparam name="TSelf">The event itself.</typeparam>
public interface IEvent<TSelf> : IEvent
    where TSelf : struct, IEvent<TSelf>
{
    /// <summary>The first topic: keccak256 of the canonical signature.</summary>
    static abstract Hash256 EventTopic { get; }

    /// <summary>Reads a log. False when it is another event or malformed.</summary>
    static abstract bool TryDecode(IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> payload, out TSelf decoded);
}

/// <summary>A custom error of Solidity's ABI. The generator implements it on <see cref="ErrorAttribute"/> types.</summary>
public interface IError
{
    /// <summary>The selector and the fields in Solidity's ABI: a revert's return data.</summary>
    byte[] Encode();
}

/// <summary>A custom error that can be read back from return data.</summary>
/// <typeparam name="TSelf">The error itself.</typeparam>
public interface IError<TSelf> : IError
    where TSelf : struct, IError<TSelf>
{
    /// <summary>The first four bytes of keccak256 of the canonical signature.</summary>
    static abstract uint ErrorSelector { get; }

    /// <summary>Reads return data. False when it is another error or malformed.</summary>
    static abstract bool TryDecode(ReadOnlySpan<byte> returnData, out TSelf decoded);
}
