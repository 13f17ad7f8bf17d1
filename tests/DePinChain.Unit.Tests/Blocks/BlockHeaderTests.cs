using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class BlockHeaderTests
{
    private static JsonElement BlockAt(int index) => GethAnswers.All.GetProperty("blocks")[index];

    [TestCase(0)]
    [TestCase(1)]
    public void The_hash_of_a_Cancun_header_is_geths(int index)
    {
        JsonElement block = BlockAt(index);
        BlockHeader header = GethAnswers.Header(block.GetProperty("header"));
        Assert.That(header.Hash, Is.EqualTo(GethAnswers.Hash(block, "hash")));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_header_survives_its_encoding(int index)
    {
        BlockHeader header = GethAnswers.Header(BlockAt(index).GetProperty("header"));
        Assert.That(BlockHeader.TryDecode(header.Encode(), out BlockHeader? decoded, out _), Is.True);
        Assert.That(decoded, Is.EqualTo(header));
        Assert.That(decoded!.Encode(), Is.EqualTo(header.Encode()));
    }

    [Test]
    public void A_changed_copy_has_its_own_hash()
    {
        BlockHeader header = GethAnswers.Header(BlockAt(0).GetProperty("header"));
        Hash256 before = header.Hash;
        BlockHeader changed = header with { GasUsed = header.GasUsed + 1 };
        Assert.That(changed.Hash, Is.Not.EqualTo(before));
        Assert.That(header.Hash, Is.EqualTo(before));
    }

    // Offsets in the RLP of a header with 3 bytes of list prefix: every fixed field is found by re-encoding it changed.
    [TestCase(1, "sha3Uncles")]
    [TestCase(7, "difficulty")]
    [TestCase(14, "nonce")]
    [TestCase(16, "withdrawalsRoot")]
    [TestCase(17, "blobGasUsed")]
    [TestCase(18, "excessBlobGas")]
    public void A_field_with_a_fixed_value_must_have_it(int field, string name)
    {
        BlockHeader header = GethAnswers.Header(BlockAt(0).GetProperty("header"));
        Assert.That(BlockHeader.TryDecode(WithField(header.Encode(), field, ByteOfOnes), out _, out Rejection? rejection), Is.False);
        Assert.That(rejection!.Name, Is.EqualTo(nameof(Rejections.HeaderConstantWrong)));
        Assert.That(rejection.Message, Does.EndWith(name));
    }

    [Test]
    public void Extra_data_beyond_32_bytes_is_refused()
    {
        BlockHeader header = GethAnswers.Header(BlockAt(0).GetProperty("header")) with { ExtraData = new byte[33] };
        Assert.That(BlockHeader.TryDecode(header.Encode(), out _, out Rejection? rejection), Is.False);
        Assert.That(rejection!.Name, Is.EqualTo(nameof(Rejections.ExtraDataTooLong)));
        Assert.That(BlockHeader.TryDecode((header with { ExtraData = new byte[32] }).Encode(), out _, out _), Is.True);
    }

    [Test]
    public void A_header_of_21_fields_is_refused()
    {
        byte[] encoded = GethAnswers.Header(BlockAt(0).GetProperty("header")).Encode();
        var writer = new RlpWriter();
        int list = writer.BeginList();
        var reader = new RlpReader(encoded);
        RlpReader fields = reader.ReadList();
        while (!fields.AtEnd) writer.WriteEncoded(fields.ReadRawItem());
        writer.Write(Hash256.Zero); // requestsHash of Prague
        writer.EndList(list);
        Assert.That(BlockHeader.TryDecode(writer.ToArray(), out _, out Rejection? rejection), Is.False);
        Assert.That(rejection!.Name, Is.EqualTo(nameof(Rejections.HeaderMalformed)));
    }

    [Test]
    public void No_prefix_of_a_header_is_a_header()
    {
        byte[] encoded = GethAnswers.Header(BlockAt(0).GetProperty("header")).Encode();
        for (int length = 0; length < encoded.Length; length++)
            Assert.That(BlockHeader.TryDecode(encoded.AsSpan(0, length), out _, out _), Is.False);
    }

    [Test]
    public void The_consensus_root_is_the_hash_of_eight_words()
    {
        var preimage = new ConsensusPreimage(Word(1), Word(2), Word(3), Word(4), Word(5), Word(6), 7);
        byte[] words = preimage.Encode();

        // abi.encode(tag, six hashes, epoch), written out by hand.
        string expected = Keccak256.Hash("DePinChain.consensus.v1"u8).ToString()
            + string.Concat(Enumerable.Range(1, 7).Select(i => $"{i:x64}"));
        Assert.That(Hex.Encode(words), Is.EqualTo(expected));
        Assert.That(preimage.Root, Is.EqualTo(Keccak256.Hash(words)));
        Assert.That(ConsensusPreimage.TryDecode(words, out ConsensusPreimage? decoded), Is.True);
        Assert.That(decoded, Is.EqualTo(preimage));
        words[0] ^= 1;
        Assert.That(ConsensusPreimage.TryDecode(words, out _), Is.False, "another tag is another protocol");
    }

    private static Hash256 Word(ulong low) => ((UInt256)low).ToHash256();

    private static byte[] ByteOfOnes(ReadOnlySpan<byte> old) => old.Length == 0 ? [1] : [.. Enumerable.Repeat((byte)1, old.Length)];

    private static byte[] WithField(byte[] encoded, int index, Func<byte[], byte[]> change)
    {
        var writer = new RlpWriter();
        int list = writer.BeginList();
        var outer = new RlpReader(encoded);
        RlpReader fields = outer.ReadList();
        for (int i = 0; !fields.AtEnd; i++)
        {
            byte[] value = fields.ReadBytes().ToArray();
            writer.Write(i == index ? change(value) : value);
        }
        writer.EndList(list);
        return writer.ToArray();
    }

    private static byte[] ByteOfOnes(byte[] old) => ByteOfOnes(old.AsSpan());
}
