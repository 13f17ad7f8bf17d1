using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

/// <summary>Validators with real keys, in ascending order of their addresses, and what they sign.</summary>
internal static class ConsensusKeys
{
    public const ulong ChainId = 1_337_000;

    public static readonly Hash256 Block = Hash256.Parse("0x" + new string('b', 64));
    public static readonly Hash256 Other = Hash256.Parse("0x" + new string('c', 64));

    private static readonly PrivateKey[] Sorted = [.. Enumerable.Range(1, 12).Select(Keys.Number).OrderBy(key => key.Address)];

    public static PrivateKey Key(int index) => Sorted[index];

    public static ValidatorSet Set(params ulong[] powers) =>
        new(powers.Select((power, index) => new Validator(Sorted[index].Address, power)));

    public static Vote Sign(
        int index, VoteKind kind, ulong height, uint round, Hash256 block, int validRound = -1, ulong chainId = ChainId)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(chainId, kind, height, round, validRound, block);
        return new Vote(kind, height, round, validRound, block, Sorted[index].Sign(digest));
    }

    public static Proposal Propose(int index, ulong height, uint round, Hash256 block, int validRound = -1) =>
        new(height, round, validRound, block, Sorted[index].Sign(ConsensusSignBytes.OfProposal(ChainId, height, round, validRound, block)));

    /// <summary>The precommits of these validators for <see cref="Block"/> at height 7, round 2.</summary>
    public static CommitCertificate Commit(int count, params int[] signers)
    {
        Vote?[] votes = new Vote?[count];
        foreach (int index in signers) votes[index] = Sign(index, VoteKind.Precommit, 7, 2, Block);
        return CommitCertificate.Assemble(7, 2, Block, votes);
    }
}
