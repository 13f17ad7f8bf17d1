using DePinChain.Ledger;
using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>The transaction object of eth_call, eth_estimateGas and eth_createAccessList; null means the caller left it out.</summary>
internal sealed record CallArguments
{
    public Address? From { get; init; }
    public Address? To { get; init; }
    public ulong? Gas { get; init; }
    public UInt256? GasPrice { get; init; }
    public UInt256? MaxFeePerGas { get; init; }
    public UInt256? MaxPriorityFeePerGas { get; init; }
    public UInt256? Value { get; init; }
    public ulong? Nonce { get; init; }
    public byte[] Data { get; init; } = [];
    public IReadOnlyList<AccessEntry> AccessList { get; init; } = [];
    public ulong? ChainId { get; init; }
}

/// <summary>One entry of an EIP-2930 access list.</summary>
internal sealed record AccessEntry(Address Address, IReadOnlyList<Hash256> StorageKeys);

/// <summary>What eth_call pretends about one account; storage words are by location, and the account's other records stay.</summary>
internal sealed record AccountOverride(
    Address Address,
    UInt256? Balance,
    ulong? Nonce,
    IReadOnlyList<KeyValuePair<Hash256, Hash256>> StorageWords);

/// <summary>
/// What eth_getLogs, log filters and log subscriptions look for. Up to four topic positions, each a list of alternatives;
/// an empty list or position matches everything.
/// </summary>
internal sealed record LogQuery(
    BlockSelector? From,
    BlockSelector? To,
    Hash256? BlockHash,
    IReadOnlyList<Address> Addresses,
    IReadOnlyList<IReadOnlyList<Hash256>> Topics)
{
    public LogFilter ToFilter() => new(Addresses, Topics);
}

/// <summary>A storage location and the form in which the caller wrote it: it is echoed in the same form.</summary>
internal readonly record struct StorageKey(Hash256 Location, bool IsNumber);
