using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class Keccak256Tests
{
    // The digest of no bytes and of "abc": the Keccak team's vectors; the transfer event: ERC-20.
    [TestCase("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [TestCase("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [TestCase("Transfer(address,address,uint256)", "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    [TestCase("The quick brown fox jumps over the lazy dog", "0x4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    public void Known_texts_have_their_known_digest(string text, string digest) =>
        Assert.That(Keccak256.Hash(Encoding.ASCII.GetBytes(text)).ToString(), Is.EqualTo(digest));

    [Test]
    public void The_empty_digest_is_the_code_hash_of_an_account_without_code() =>
        Assert.That(Keccak256.Empty.ToString(), Is.EqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));

    [Test]
    public void Every_length_around_the_block_borders_has_its_known_digest()
    {
        foreach ((byte[] message, string digest) in KnownMessages())
            Assert.That(Keccak256.Hash(message).ToString(), Is.EqualTo(digest), $"{message.Length} bytes");
    }

    [Test]
    public void The_textbook_model_is_SHA3_with_its_padding_and_Keccak_with_ours()
    {
        if (SHA3_256.IsSupported)
            Assert.That(TextbookKeccak.Hash("abc"u8, domain: 0x06), Is.EqualTo(SHA3_256.HashData("abc"u8)));
        foreach ((byte[] message, string digest) in KnownMessages())
            Assert.That(Hex.Encode(TextbookKeccak.Hash(message, domain: 0x01)), Is.EqualTo(digest));
    }

    [Test]
    public void Parts_give_the_digest_of_the_whole()
    {
        Keccak256.Hasher hasher = new();
        foreach ((byte[] message, string digest) in KnownMessages())
        {
            for (int part = 1; part <= 200; part += 67)
            {
                for (int start = 0; start < message.Length; start += part)
                    hasher.Append(message.AsSpan(start, Math.Min(part, message.Length - start)));
                Assert.That(hasher.Finish().ToString(), Is.EqualTo(digest), $"{message.Length} bytes in parts of {part}");
            }
        }
    }

    [Test]
    public void The_digest_may_overwrite_its_message()
    {
        byte[] bytes = new byte[32];
        Hash256 expected = Keccak256.Hash(bytes);
        Keccak256.Hash(bytes, bytes);
        Assert.That(new Hash256(bytes), Is.EqualTo(expected));
    }

    // Each known message passes through each lane while the other lanes hold messages of other lengths.
    [TestCase(8)]
    [TestCase(4)]
    [TestCase(1)]
    public void Every_lane_gives_the_known_digest_at_every_length(int lanes)
    {
        if (lanes > KeccakBatch.LanesSupported) Assert.Ignore($"This machine has no vectors for {lanes} lanes.");
        (byte[] Message, string Digest)[] known = [.. KnownMessages()];
        for (int shift = 0; shift < lanes; shift++)
        {
            (byte[] Message, string Digest)[] rotated = [.. known[shift..], .. known[..shift]];
            Hash256[] digests = new Hash256[rotated.Length];
            KeccakBatch.Hash(lanes, Array.ConvertAll(rotated, pair => new ReadOnlyMemory<byte>(pair.Message)), digests);
            for (int i = 0; i < rotated.Length; i++)
                Assert.That(
                    digests[i].ToString(),
                    Is.EqualTo(rotated[i].Digest),
                    $"{rotated[i].Message.Length} bytes at place {i}, shift {shift}");
        }
    }

    [Test]
    public void Any_number_of_messages_may_be_hashed_together()
    {
        for (int count = 0; count <= 40; count++)
        {
            byte[][] messages = new byte[count][];
            for (int i = 0; i < count; i++) messages[i] = Pattern((i * 37) % 300);
            Hash256[] digests = new Hash256[count];
            Keccak256.HashMany(Array.ConvertAll(messages, message => new ReadOnlyMemory<byte>(message)), digests);
            for (int i = 0; i < count; i++)
                Assert.That(digests[i].ToArray(), Is.EqualTo(TextbookKeccak.Hash(messages[i], domain: 0x01)), $"{i} of {count}");
        }
    }

    private static IEnumerable<(byte[] Message, string Digest)> KnownMessages()
    {
        foreach (JsonElement vector in KnownAnswers.Read("ethereum/keccak256.json").GetProperty("vectors").EnumerateArray())
            yield return (Pattern(vector.GetProperty("length").GetInt32()), vector.GetProperty("digest").GetString()!);
    }

    // Byte i of n is (7 i + n) mod 256, as the file's source says.
    private static byte[] Pattern(int length)
    {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) message[i] = (byte)(((7 * i) + length) % 256);
        return message;
    }
}
