using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>A call that is only tried: the argument of eth_call, eth_estimateGas and eth_createAccessList.</summary>
public sealed record CallRequest
{
    /// <summary>Who calls; the zero address unless given.</summary>
    public Address From { get; init; }

    /// <summary>Null would create a contract, which is refused.</summary>
    public required Address? To { get; init; }

    /// <summary>Wei.</summary>
    public UInt256 Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public IReadOnlyList<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>Gas to run with at most; the cap of the node when not given.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>Most wei per gas: gasPrice or maxFeePerGas. Null or zero means that fees are not looked at.</summary>
    public UInt256? MaxFeePerGas { get; init; }
}

/// <summary>What a tried call pretends about one account.</summary>
/// <param name="Address">The account.</param>
/// <param name="Balance">Wei; null leaves it.</param>
/// <param name="Nonce">Null leaves it.</param>
/// <param name="Records">Records by location; an empty one is absent. Other records stay.</param>
public sealed record AccountPretence(
    Address Address, UInt256? Balance, ulong? Nonce, IReadOnlyList<KeyValuePair<Hash256, ReadOnlyMemory<byte>>> Records);

/// <summary>What a tried call came to.</summary>
/// <param name="Succeeded">Whether it would have changed anything.</param>
/// <param name="ReturnData">The result, or the revert data.</param>
/// <param name="GasUsed">Gas it would pay for.</param>
/// <param name="Logs">Logs it would have left.</param>
/// <param name="Rejection">Why it could not even start, or that it ran out of gas; null otherwise, a revert included.</param>
public sealed record CallResult(
    bool Succeeded, ReadOnlyMemory<byte> ReturnData, ulong GasUsed, IReadOnlyList<LogEntry> Logs, Rejection? Rejection)
{
    internal static CallResult Refused(Rejection rejection) => new(false, default, 0, [], rejection);
}

/// <summary>An access list that makes a call's touches cheap, and what the call uses with it.</summary>
public sealed record AccessListResult(IReadOnlyList<AccessListEntry> AccessList, CallResult Call);
