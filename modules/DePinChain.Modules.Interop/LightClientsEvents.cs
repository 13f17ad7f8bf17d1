using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>A light client of another network exists.</summary>
[Event]
public readonly partial record struct ClientCreated(
    [Indexed] ulong Client, [Indexed] Address Creator, ulong ChainId, ulong Height, Hash256 BlockHash);

/// <summary>A light client believes a later header.</summary>
[Event]
public readonly partial record struct ClientUpdated([Indexed] ulong Client, ulong Height, Hash256 BlockHash, Hash256 StateRoot);

/// <summary>Two certificates for one height were shown: the light client believes nothing any more.</summary>
[Event]
public readonly partial record struct ClientFrozen([Indexed] ulong Client, ulong Height, Hash256 First, Hash256 Second);

/// <summary>Governance lets a light client believe again, from another header on.</summary>
[Event]
public readonly partial record struct ClientRecovered([Indexed] ulong Client, ulong Height, Hash256 BlockHash);

/// <summary>No light client has this number.</summary>
[Error] public readonly partial record struct UnknownClient(ulong Client);

/// <summary>A light client is of another network than this one.</summary>
[Error] public readonly partial record struct OwnChain(ulong ChainId);

/// <summary>A trusting period outside of its bounds.</summary>
[Error] public readonly partial record struct InvalidTrustingPeriod(ulong Seconds, ulong Minimum, ulong Maximum);

/// <summary>The bytes are no light block, or its parts do not belong together.</summary>
[Error] public readonly partial record struct InvalidLightBlock(string Reason);

/// <summary>The header is older than the trusting period, or too far ahead of this chain's time.</summary>
[Error] public readonly partial record struct NotTimely(ulong Timestamp, ulong Now);

/// <summary>The light client was frozen in a block.</summary>
[Error] public readonly partial record struct ClientIsFrozen(ulong Client, ulong FrozenAt);

/// <summary>The light client is not frozen.</summary>
[Error] public readonly partial record struct ClientIsNotFrozen(ulong Client);

/// <summary>The last believed header does not vouch for this one.</summary>
[Error] public readonly partial record struct HeaderRefused(string Reason);

/// <summary>The bytes do not prove that a set the light client trusts certified two headers of one height.</summary>
[Error] public readonly partial record struct NoMisbehaviour(string Reason);

/// <summary>The light client has not believed a header of this height.</summary>
[Error] public readonly partial record struct UnknownHeight(ulong Client, ulong Height);

/// <summary>The proof does not lead from the header's state root to the account or record.</summary>
[Error] public readonly partial record struct InvalidProof();

/// <summary>Only a decision of governance does this.</summary>
[Error] public readonly partial record struct NotGovernance(Address Caller);
