using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.LightClient;

/// <summary>Headers signed with real keys, twelve seconds apart, whose validators change as a test says.</summary>
internal sealed class LightChain
{
    public const ulong Genesis = 1_800_000_000;

    private readonly Func<ulong, int[]> _membersAt;
    private readonly List<LightBlock> _blocks = [];
    private readonly string _text;

    /// <param name="height">The last height.</param>
    /// <param name="membersAt">Who decides a height: indices of <see cref="ConsensusKeys"/>, each with power 10.</param>
    /// <param name="forkOf">Shares its blocks below <paramref name="forkAt"/>.</param>
    /// <param name="forkAt">First height that differs.</param>
    /// <param name="text">Extra data, which makes two histories differ.</param>
    public LightChain(ulong height, Func<ulong, int[]> membersAt, LightChain? forkOf = null, ulong forkAt = 0, string text = "")
    {
        _membersAt = membersAt;
        _text = text;
        for (ulong next = 1; next <= height; next++) _blocks.Add(forkOf is not null && next < forkAt ? forkOf[next] : Make(next));
    }

    public LightBlock this[ulong height] => _blocks[(int)height - 1];

    public static TrustRules Rules { get; } = new(ConsensusKeys.ChainId) { TrustingSeconds = 100_000 };

    /// <summary>When a height's header is five seconds old.</summary>
    public static ulong NowAt(ulong height) => TimeOf(height) + 5;

    public static ulong TimeOf(ulong height) => Genesis + (12 * height);

    public static ValidatorSet SetOf(params int[] members) =>
        new(members.Select(index => new Validator(ConsensusKeys.Key(index).Address, 10)));

    /// <summary>A header with what it binds, signed by some members of its set.</summary>
    public static LightBlock Sign(BlockHeader header, ConsensusPreimage preimage, ValidatorSet set, uint round, params int[] signers)
    {
        BlockHeader bound = header with { ConsensusRoot = preimage.Root };
        Vote?[] votes = new Vote?[set.Count];
        foreach (int signer in signers)
        {
            int index = set.IndexOf(ConsensusKeys.Key(signer).Address);
            votes[index] = ConsensusKeys.Sign(signer, VoteKind.Precommit, bound.Number, round, bound.Hash);
        }

        return new LightBlock(bound, preimage, set, CommitCertificate.Assemble(bound.Number, round, bound.Hash, votes));
    }

    /// <summary>Runs a search to its end and counts what it asked for.</summary>
    public HeaderSearch Search(ulong from, ulong to, ulong now, TrustRules? rules = null)
    {
        HeaderSearch search = new(rules ?? Rules, this[from], to);
        while (search.Wanted is { } wanted) search.Offer(this[wanted], now);
        return search;
    }

    private LightBlock Make(ulong height)
    {
        int[] members = _membersAt(height);
        ConsensusPreimage preimage = new(
            SetOf(members).Hash, SetOf(_membersAt(height + 1)).Hash, Hash256.Zero, Hash256.Zero, Hash256.Zero, Hash256.Zero, 0);
        BlockHeader header = new()
        {
            ParentHash = height == 1 ? Hash256.Zero : _blocks[^1].Hash,
            Miner = ConsensusKeys.Key(members[0]).Address,
            StateRoot = Keccak256.Hash([(byte)height]),
            TransactionsRoot = MerkleTrie.EmptyRoot,
            ReceiptsRoot = MerkleTrie.EmptyRoot,
            LogsBloom = new Bloom(new byte[Bloom.Size]),
            Number = height,
            GasLimit = 60_000_000,
            GasUsed = 0,
            Timestamp = TimeOf(height),
            ExtraData = System.Text.Encoding.ASCII.GetBytes(_text),
            MixHash = Hash256.Zero,
            BaseFeePerGas = 1_000_000_000UL,
            ConsensusRoot = Hash256.Zero,
        };
        return Sign(header, preimage, SetOf(members), round: 0, [.. members]);
    }
}
