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
