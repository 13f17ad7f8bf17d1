using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.LightClient;

/// <summary>Bytes from strangers: whatever comes, a decoder answers, and what it takes it writes back the same.</summary>
[TestFixture]
internal sealed class LightFuzzTests
{
    private const int Rounds = 4_000;

    [Test]
    public void Damaged_light_blocks_are_refused_or_read_as_they_stand()
    {
        LightBlock good = new LightChain(3, _ => [0, 1, 2, 3])[3];
        Damage(good.Encode(), 1, bytes => LightBlock.TryDecode(bytes, out LightBlock? read, out _) ? read.Encode() : null);
    }

    [Test]
    public void Damaged_attack_records_are_refused_or_read_as_they_stand()
    {
        LightBlock first = new LightChain(3, _ => [0, 1, 2])[3];
        LightBlock second = new LightChain(3, _ => [0, 1, 2], text: "x")[3];
        byte[] good = LightClientAttack.Between(first, second)!.Encode();
        Damage(good, 2, bytes => LightClientAttack.TryDecode(bytes, out LightClientAttack? read, out _) ? read.Encode() : null);
    }

    [Test]
    public void Damaged_requests_are_refused_or_read_as_they_stand()
    {
        Damage(new HeadersRequest(7, 2, 512).Encode(), 3, bytes => HeadersRequest.TryDecode(bytes, out var read) ? read.Encode() : null);
        Damage(new LightRequest(700).Encode(), 4, bytes => LightRequest.TryDecode(bytes, out var read) ? read.Encode() : null);
        Damage(
            new PooledTransactionsRequest([ConsensusKeys.Block, ConsensusKeys.Other]).Encode(),
            5,
            bytes => PooledTransactionsRequest.TryDecode(bytes, out var read) ? read.Encode() : null);
        Damage(
            new SnapshotRequest(SnapshotQuestion.Chunk, 600, 3).Encode(),
            6,
            bytes => SnapshotRequest.TryDecode(bytes, out var read) ? read.Encode() : null);
        Damage(
            new StatusMessage(ConsensusKeys.Block, new ForkId(0xfc64ec04, 1_150_000), 9, ConsensusKeys.Other, 1, 0).Encode(),
            7,
            bytes => StatusMessage.TryDecode(bytes, out var read) ? read.Encode() : null);
    }

    [Test]
    public void Counts_outside_their_bounds_are_refused()
    {
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 1, 512).Encode(), out _), Is.True);
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 1, 513).Encode(), out _), Is.False);
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 1, 0).Encode(), out _), Is.False);
        Assert.That(HeadersRequest.TryDecode(new HeadersRequest(1, 0, 1).Encode(), out _), Is.False);
        Assert.That(PooledTransactionsRequest.TryDecode(Hashes(256), out _), Is.True);
        Assert.That(PooledTransactionsRequest.TryDecode(Hashes(257), out _), Is.False);
        Assert.That(PooledTransactionsRequest.TryDecode(Hashes(0), out _), Is.False);
        Assert.That(SnapshotRequest.TryDecode(new SnapshotRequest((SnapshotQuestion)3, 1, 1).Encode(), out _), Is.False);
        Assert.That(LightBlock.TryDecode(new byte[LightBlock.BytesMax + 1], out _, out _), Is.False);
    }

    private static byte[] Hashes(int count) => new PooledTransactionsRequest(new Hash256[count]).Encode();

    private static void Damage(byte[] good, int seed, Func<byte[], byte[]?> readAndWrite)
    {
        Assert.That(readAndWrite(good), Is.EqualTo(good));
        Random random = new(seed);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bad = [.. good];
            for (int hits = random.Next(1, 4); hits > 0; hits--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bad = bad[..random.Next(bad.Length)];
            if (random.Next(8) == 0) bad = [.. bad, (byte)random.Next(256)];
            if (readAndWrite(bad) is { } written) Assert.That(written, Is.EqualTo(bad), $"seed {seed}, round {round}");
        }
    }
}
