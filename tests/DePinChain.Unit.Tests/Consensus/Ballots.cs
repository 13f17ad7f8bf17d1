using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// Validators, values and messages for tests of the machine, which never looks at a seal: the seals here only tell signers apart.
/// </summary>
internal static class Ballots
{
    public static readonly Hash256 Nil = Hash256.Zero;

    /// <summary>The validator of an index: addresses ascend with it.</summary>
    public static Address Validator(int index) => Address.FromLow(0x1000 + (ulong)index);

    public static ValidatorSet Set(params ulong[] powers) =>
        new(powers.Select((power, index) => new Validator(Validator(index), power)));

    /// <summary>With equal powers the turn goes 0, 1, 2 … and round again.</summary>
    public static ProposerRotation Rotation(ValidatorSet set) => ProposerRotation.StartOf(set, ProposerRotation.GenesisOf(set));

    /// <summary>A block hash that shows its letter.</summary>
    public static Hash256 Value(char letter)
    {
        byte[] bytes = new byte[Hash256.Size];
        Array.Fill(bytes, (byte)letter);
        return new Hash256(bytes);
    }

    public static Signature Seal(int index, int variant = 0) => new(Hash256.Zero, new Hash256(Pad(index, variant)), 0);

    public static Vote Vote(VoteKind kind, ulong height, uint round, Hash256 value, int by, int validRound = -1) =>
        new(kind, height, round, value.IsZero ? -1 : validRound, value, Seal(by));

    public static Proposal Proposal(ulong height, uint round, Hash256 value, int by, int validRound = -1) =>
        new(height, round, validRound, value, Seal(by));

    /// <summary>Whole seconds that differ, so that a test sees which timer was meant.</summary>
    public static TimeoutSchedule Timeouts { get; } = new(new GenesisTimeouts(
        ProposeMs: 4_000,
        ProposeDeltaMs: 1_000,
        VoteMs: 1_500,
        VoteDeltaMs: 500,
        RebroadcastMs: 5_000,
        CapMs: 60_000,
        PrecisionMs: 500,
        MessageDelayMs: 4_000));

    private static byte[] Pad(int index, int variant)
    {
        byte[] bytes = new byte[Hash256.Size];
        bytes[31] = (byte)index;
        bytes[30] = (byte)variant;
        return bytes;
    }
}
