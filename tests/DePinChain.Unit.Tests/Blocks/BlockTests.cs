using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class BlockTests
{
    private static readonly ConsensusPreimage Preimage =
        new(Hash256.Zero, Hash256.Zero, Hash256.Zero, Evidence.HashOf([]), Hash256.Zero, Hash256.Zero, 1);

    [Test]
    public void The_plain_form_has_the_size_that_geth_reports()
    {
        JsonElement answer = GethAnswers.All.GetProperty("blocks")[1];
        byte[] raw = GethAnswers.Raw(answer.GetProperty("transactions")[0]);
        Assert.That(TransactionCodec.TryDecode(raw, out Transaction? transaction, out _), Is.True);
        Block block = Of(GethAnswers.Header(answer.GetProperty("header")), transaction!);
        Assert.That(Hex.Quantity((ulong)block.EncodePlain().Length), Is.EqualTo(GethAnswers.Text(answer, "size")));
        Assert.That(block.Hash, Is.EqualTo(GethAnswers.Hash(answer, "hash")));
    }

    [Test]
    public void A_block_survives_its_encoding_with_certificate_evidence_and_every_transaction_type()
    {
        Transaction system = SystemTransaction.Create(1_337_000, 9, Keccak256.Empty);
        Transaction[] signed = [.. new[] { TransactionType.Legacy, TransactionType.AccessList, TransactionType.DynamicFee }.Select(Sign)];
        var vote = new Vote(VoteKind.Precommit, 8, 0, -1, Keccak256.Empty, Keys.Example.Sign(Keccak256.Empty));
        var part = new ConsensusPart(
            CommitCertificate.Assemble(8, 0, Keccak256.Empty, [vote]),
            [DuplicateVote.Of(vote, vote with { BlockHash = Hash256.Zero })],
            new byte[81],
            Preimage);
        var block = new Block(Header(), [system, .. signed], part);

        Assert.That(Block.TryDecode(block.Encode(), out Block? decoded, out Rejection? rejection), Is.True, rejection?.Message);
        Assert.That(decoded!.Hash, Is.EqualTo(block.Hash));
        Assert.That(decoded.Transactions.Select(t => t.Hash), Is.EqualTo(block.Transactions.Select(t => t.Hash)));
        Assert.That(decoded.Transactions[0].IsSystem, Is.True);
        Assert.That(decoded.Consensus.LastCommit, Is.EqualTo(part.LastCommit));
        Assert.That(decoded.Consensus.Evidence, Is.EqualTo(part.Evidence));
        Assert.That(decoded.Encode(), Is.EqualTo(block.Encode()));
        Assert.That(decoded.Size, Is.EqualTo(block.Encode().Length));
    }

    [Test]
    public void The_first_block_has_no_last_commit()
    {
        Block block = Of(Header());
        Assert.That(Block.TryDecode(block.Encode(), out Block? decoded, out _), Is.True);
        Assert.That(decoded!.Consensus.LastCommit, Is.Null);
        Assert.That(ConsensusPart.LastCommitHash(null), Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void The_system_transaction_stands_at_index_0_only()
    {
        Transaction system = SystemTransaction.Create(1_337_000, 9, Keccak256.Empty);
        Refused(Of(Header(), Sign(TransactionType.Legacy), system), Rejections.BlockMalformed);
        Refused(Of(Header(), system, system), Rejections.BlockMalformed);
    }

    [Test]
    public void A_block_beyond_2_MiB_is_refused_before_it_is_read()
    {
        Assert.That(Block.TryDecode(new byte[Block.SizeMax + 1], out _, out Rejection? rejection), Is.False);
        Assert.That(rejection!.Name, Is.EqualTo(nameof(Rejections.BlockTooLarge)));
    }

    [Test]
    public void No_prefix_of_a_block_and_no_block_with_more_behind_it_is_a_block()
    {
        byte[] encoded = Of(Header(), Sign(TransactionType.DynamicFee)).Encode();
        for (int length = 0; length < encoded.Length; length++)
            Assert.That(Block.TryDecode(encoded.AsMemory(0, length), out _, out _), Is.False, $"{length} bytes");
        Assert.That(Block.TryDecode((byte[])[.. encoded, 0], out _, out _), Is.False);
    }

    private static Block Of(BlockHeader header, params Transaction[] transactions) =>
        new(header, transactions, new ConsensusPart(null, [], new byte[81], Preimage));

    private static BlockHeader Header() => GethAnswers.Header(GethAnswers.All.GetProperty("blocks")[0].GetProperty("header"));

    private static Transaction Sign(TransactionType type) => TransactionCodec.Sign(
        new UnsignedTransaction
        {
            Type = type,
            ChainId = 1_337_000,
            Nonce = 1,
            MaxFeePerGas = 2_000_000_000,
            GasLimit = 21_000,
            To = Address.FromLow(0xbeef),
        },
        Keys.Example);

    private static void Refused(Block block, Rejection rule)
    {
        Assert.That(Block.TryDecode(block.Encode(), out _, out Rejection? rejection), Is.False);
        Assert.That(rejection!.Name, Is.EqualTo(rule.Name), rejection.Message);
    }
}
