using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Proofs.Tests.Pieces;

public sealed class Fr32Tests
{
    [Test]
    public void Padding_gives_the_known_nodes_and_unpadding_the_payload()
    {
        JsonElement file = KnownAnswers.Read("storage/fr32_padding.json");
        foreach (JsonElement vector in file.GetProperty("vectors").EnumerateArray())
        {
            byte[] raw = vector.Bytes("in_hex");
            byte[] padded = new byte[raw.Length / 127 * 128];
            Fr32.Pad(raw, padded);
            Assert.That(KnownAnswers.Hexadecimal(padded), Is.EqualTo(vector.Text("out_hex")), vector.Text("name"));
            byte[] back = new byte[raw.Length];
            Assert.That(Fr32.TryUnpad(padded, back), Is.True);
            Assert.That(back, Is.EqualTo(raw));
        }

        JsonElement ones = file.GetProperty("extra");
        byte[] output = new byte[1024];
        Fr32.Pad(Enumerable.Repeat((byte)255, 1016).ToArray(), output);
        Assert.That(KnownAnswers.Hexadecimal(SHA256.HashData(output)), Is.EqualTo(ones.Text("out_sha256")));
    }

    [Test]
    public void A_node_is_254_bits_of_the_payload_as_a_little_endian_number()
    {
        byte[] raw = new byte[127];
        new Random(1).NextBytes(raw);
        byte[] padded = new byte[128];
        Fr32.Pad(raw, padded);
        BigInteger payload = new(raw, isUnsigned: true);
        for (int node = 0; node < 4; node++)
        {
            BigInteger expected = (payload >> (254 * node)) & ((BigInteger.One << 254) - 1);
            Assert.That(new BigInteger(padded.AsSpan(32 * node, 32), isUnsigned: true), Is.EqualTo(expected));
        }
    }

    [Test]
    public void Bytes_with_a_high_bit_set_are_no_padded_bytes([Values(31, 63, 95, 127)] int at, [Values(0x40, 0x80)] int bit)
    {
        byte[] padded = new byte[128];
        padded[at] = (byte)bit;
        Assert.That(Fr32.TryUnpad(padded, new byte[127]), Is.False);
    }

    [Test]
    public void Lengths_that_are_no_quads_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Fr32.Pad(new byte[126], new byte[128]));
        Assert.Throws<ArgumentException>(() => Fr32.TryUnpad(new byte[127], new byte[127]));
    }
}
