using DePinChain.Blocks;

namespace DePinChain.Consensus;

/// <summary>What a timer is for.</summary>
public enum TimeoutKind : byte
{
    Propose = 1,
    Prevote = 2,
    Precommit = 3,

    /// <summary>Repeats what we said in this round and asks for what we miss; it changes no state.</summary>
    Rebroadcast = 4,
}

/// <summary>How long each step of a round waits, and how late a first proposal may be. Integers only, from the genesis.</summary>
public sealed class TimeoutSchedule(GenesisTimeouts parameters)
{
    /// <summary>Beyond it the message delay grows no more: 1.1^16 = 4.59.</summary>
    private const int DelayRoundsMax = 16;

    /// <summary>A header's timestamp is a whole second, rounded down.</summary>
    private const uint TimestampGranularityMs = 1_000;

    /// <summary>min(cap, base + delta · round), in milliseconds.</summary>
    public uint DurationMs(TimeoutKind kind, uint round)
    {
        (uint start, uint delta) = kind switch
        {
            TimeoutKind.Propose => (parameters.ProposeMs, parameters.ProposeDeltaMs),
            TimeoutKind.Rebroadcast => (parameters.RebroadcastMs, 0U),
            _ => (parameters.VoteMs, parameters.VoteDeltaMs),
        };
        return (uint)Math.Min(parameters.CapMs, start + ((ulong)delta * round));
    }

    /// <summary>
    /// Proposer-based timestamps (cometbft spec/consensus/proposer-based-timestamp): a first proposal is timely when our clock, at its
    /// first receipt, stood in [timestamp − precision, timestamp + precision + delay(round)].
    /// </summary>
    /// <param name="receivedAtMs">Unix milliseconds, stamped when the message came in.</param>
    /// <param name="timestamp">The header's Unix seconds.</param>
    /// <param name="round">The proposal's round: each lost round allows a tenth more delay.</param>
    public bool IsTimely(ulong receivedAtMs, ulong timestamp, uint round)
    {
        UInt128 stamp = (UInt128)timestamp * 1_000;
        UInt128 precision = parameters.PrecisionMs + (UInt128)TimestampGranularityMs;
        return receivedAtMs + precision >= stamp && receivedAtMs <= stamp + precision + MessageDelayMs(round);
    }

    /// <summary>floor(messageDelay · 11^r / 10^r), r at most 16.</summary>
    public ulong MessageDelayMs(uint round)
    {
        UInt128 numerator = parameters.MessageDelayMs;
        UInt128 denominator = 1;
        for (uint r = 0; r < Math.Min(round, DelayRoundsMax); r++)
        {
            numerator *= 11;
            denominator *= 10;
        }

        return (ulong)(numerator / denominator);
    }
}
