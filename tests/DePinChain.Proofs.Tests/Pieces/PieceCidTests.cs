using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Proofs.Tests.Pieces;

public sealed class PieceCidTests
{
    private static readonly PieceCid Sample = PieceHasher.Of(KnownAnswers.Affine(1000));

    [Test]
    public void Payloads_of_FRC_0069_have_its_identities()
    {
        foreach (JsonElement vector in KnownAnswers.Read("storage/piececid_frc0069.json").GetProperty("vectors").EnumerateArray())
        {
            PieceHasher hasher = new();
            JsonElement payload = vector.GetProperty("payload");
            if (payload.ValueKind == JsonValueKind.Null) hasher.AppendZeros(vector.Number("payload_size"));
            IEnumerable<JsonElement> runs = payload.ValueKind == JsonValueKind.Null ? [] : payload.EnumerateArray();
            foreach (JsonElement run in runs)
            {
                byte value = run.GetProperty("byte").GetByte();
                ulong count = run.Number("count");
                if (value == 0) hasher.AppendZeros(count);
                else hasher.Append(Enumerable.Repeat(value, (int)count).ToArray());
            }

            string name = vector.Text("name");
            PieceCid cid = hasher.Finish();
            Assert.That(cid.RawSize, Is.EqualTo(vector.Number("payload_size")), name);
            Assert.That(cid.Padding, Is.EqualTo(vector.Number("padding")), name);
            Assert.That((ulong)cid.Height, Is.EqualTo(vector.Number("height")), name);
            Assert.That(cid.Root.ToString()[2..], Is.EqualTo(vector.Text("root_hex")), name);
            Assert.That(cid.ToString(), Is.EqualTo(vector.Text("cid_v2")), name);
            if (vector.TryGetProperty("cid_v1", out JsonElement version1))
                Assert.That(cid.ToVersion1(), Is.EqualTo(version1.GetString()), name);
            if (vector.TryGetProperty("cid_v2_base16", out JsonElement hex))
                Assert.That("f" + KnownAnswers.Hexadecimal(cid.Encode()), Is.EqualTo(hex.GetString()), name);
        }
    }

    [Test]
    public void Payloads_of_Filecoins_library_have_its_commitments()
    {
        foreach (JsonElement vector in
            KnownAnswers.Read("storage/commp_go_fil_commp_hashhash.json").GetProperty("repeated_byte").EnumerateArray())
        {
            int size = vector.GetProperty("payload_size").GetInt32();
            PieceCid cid = PieceHasher.Of(Enumerable.Repeat(vector.GetProperty("byte").GetByte(), size).ToArray());
            Assert.That(cid.ToVersion1(), Is.EqualTo(vector.Text("cid_v1")), $"{size} bytes");
            Assert.That(cid.PaddedSize, Is.EqualTo(vector.Number("padded_piece_size")), $"{size} bytes");
        }
    }

    [Test]
    public void Cutting_the_stream_differently_gives_the_same_piece()
    {
        byte[] payload = new byte[(3 * PieceHasher.ChunkSize) + 12_345];
        new Random(2).NextBytes(payload);
        PieceCid whole = PieceHasher.Of(payload);
        foreach (int step in new[] { 1, 127, 1000, PieceHasher.ChunkSize - 1, PieceHasher.ChunkSize, PieceHasher.ChunkSize + 1 })
        {
            PieceHasher hasher = new();
            for (int at = 0; at < payload.Length; at += step) hasher.Append(payload.AsSpan(at, Math.Min(step, payload.Length - at)));
            Assert.That(hasher.Size, Is.EqualTo((ulong)payload.Length));
            Assert.That(hasher.Finish(), Is.EqualTo(whole), $"steps of {step}");
        }
    }

    [Test]
    public void Holes_hash_as_the_zeros_they_are()
    {
        foreach ((int front, int hole, int back) in new[] { (0, 1, 0), (5, 300_000, 7), (65_024, 130_048, 1), (1, 1_000_000, 65_024) })
        {
            byte[] payload = new byte[front + hole + back];
            new Random(3).NextBytes(payload.AsSpan(0, front));
            new Random(4).NextBytes(payload.AsSpan(front + hole));
            PieceHasher hasher = new();
            hasher.Append(payload.AsSpan(0, front));
            hasher.AppendZeros((ulong)hole);
            hasher.Append(payload.AsSpan(front + hole));
            Assert.That(hasher.Finish(), Is.EqualTo(PieceHasher.Of(payload)), $"{front} + {hole} + {back}");
        }
    }

    [Test]
    public void Both_forms_read_back()
    {
        Assert.That(PieceCid.TryDecode(Sample.Encode(), out PieceCid decoded, out _), Is.True);
        Assert.That(decoded, Is.EqualTo(Sample));
        Assert.That(PieceCid.TryParse(Sample.ToString(), out PieceCid parsed, out _), Is.True);
        Assert.That(parsed, Is.EqualTo(Sample));
        Assert.That(PieceCid.TryParseVersion1(Sample.ToVersion1(), out Hash256 root), Is.True);
        Assert.That(root, Is.EqualTo(Sample.Root));
    }

    [Test]
    public void Malformed_identities_are_refused_with_a_reason()
    {
        byte[] good = Sample.Encode();
        Refused([], "0x01559120");
        Refused([0x02, .. good[1..]], "0x01559120");
        Refused(good[..4], "length");
        Refused(good[..^1], "bytes follow");
        Refused([.. good, 0], "bytes follow");
        Refused([.. good[..4], (byte)(good[4] | 0x80), 0, .. good[5..]], "length");
        Refused(With(padding: [0x90, 0x00], Sample.Height), "padding");
        Refused(With(padding: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Sample.Height), "padding");
        Refused(With(padding: [0x10], 1), "height");
        Refused(With(padding: [0x10], 51), "height");
        Refused(With(padding: [0xf8, 0x07], 5), "padding");
        Refused(With(padding: [0x80, 0x01], 2), "padding");
        Refused(With(padding: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 50), "padding");
        byte[] high = (byte[])good.Clone();
        high[^1] |= 0x40;
        Refused(high, "2^254");
    }

    [Test]
    public void Malformed_texts_are_refused()
    {
        string good = Sample.ToString();
        foreach (string? text in new[] { null, "", "b", good[1..], "z" + good[1..], good + "a", good[..^1], good.ToUpperInvariant(),
            good[..^1] + "1", new string('b', 81) })
        {
            Assert.That(PieceCid.TryParse(text, out _, out string? fault), Is.False, text);
            Assert.That(fault, Is.Not.Empty);
        }

        Assert.That(PieceCid.TryParseVersion1(good, out _), Is.False);
        Assert.That(PieceCid.TryParseVersion1(null, out _), Is.False);
    }

    [Test]
    public void A_finished_piece_takes_nothing_more()
    {
        PieceHasher hasher = new();
        hasher.Finish();
        Assert.Throws<InvalidOperationException>(() => hasher.Append([1]));
        Assert.Throws<InvalidOperationException>(() => hasher.AppendZeros(1));
        Assert.Throws<InvalidOperationException>(() => hasher.Finish());
    }

    private static byte[] With(byte[] padding, byte height) =>
        [0x01, 0x55, 0x91, 0x20, (byte)(padding.Length + 33), .. padding, height, .. Sample.Root.ToArray()];

    private static void Refused(byte[] bytes, string reason)
    {
        Assert.That(PieceCid.TryDecode(bytes, out _, out string? fault), Is.False, Hex.Encode(bytes));
        Assert.That(fault, Does.Contain(reason));
    }
}
