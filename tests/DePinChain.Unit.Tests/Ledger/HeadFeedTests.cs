using System.Collections.Concurrent;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Ledger;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Ledger;

/// <summary>Subscribers see every block in order, and none of them holds up the publisher.</summary>
public sealed class HeadFeedTests
{
    [Test]
    public void Blocks_arrive_in_order_until_the_subscription_ends()
    {
        var feed = new HeadFeed();
        using var seen = new BlockingCollection<ulong>();
        using (feed.Subscribe(block => seen.Add(block.Block.Number)))
        {
            for (ulong height = 1; height <= 100; height++)
                feed.Publish(BlockAt(height));
            for (ulong height = 1; height <= 100; height++)
                Assert.That(seen.TryTake(out ulong number, TimeSpan.FromSeconds(10)) ? number : 0, Is.EqualTo(height));
        }

        feed.Publish(BlockAt(101));
        Assert.That(seen.TryTake(out _, TimeSpan.FromMilliseconds(50)), Is.False);
        Assert.That(feed.Head!.Block.Number, Is.EqualTo(101));
    }

    [Test]
    public void A_subscriber_that_hangs_does_not_stop_the_others()
    {
        var feed = new HeadFeed();
        using var released = new ManualResetEventSlim();
        using var seen = new BlockingCollection<ulong>();
        using IDisposable hanging = feed.Subscribe(_ => released.Wait());
        using IDisposable quick = feed.Subscribe(block => seen.Add(block.Block.Number));
        for (ulong height = 1; height <= 10_000; height++)
            feed.Publish(BlockAt(height));
        Assert.That(seen.TryTake(out ulong first, TimeSpan.FromSeconds(10)) ? first : 0, Is.EqualTo(1));
        released.Set();
    }

    [Test]
    public void In_place_a_block_has_been_handled_when_its_publication_returns()
    {
        var feed = new HeadFeed(isInPlace: true);
        var seen = new List<(ulong Height, int Thread)>();
        using (feed.Subscribe(block => seen.Add((block.Block.Number, Environment.CurrentManagedThreadId))))
            feed.Publish(BlockAt(7));
        feed.Publish(BlockAt(8));
        Assert.That(seen, Is.EqualTo(new[] { (7UL, Environment.CurrentManagedThreadId) }));
    }

    private static CommittedBlock BlockAt(ulong height)
    {
        var preimage = new ConsensusPreimage(default, default, default, default, default, default, 0);
        var header = new BlockHeader
        {
            ParentHash = default,
            Miner = default,
            StateRoot = default,
            TransactionsRoot = default,
            ReceiptsRoot = default,
            LogsBloom = Bloom.Empty,
            Number = height,
            GasLimit = 1,
            GasUsed = 0,
            Timestamp = height,
            MixHash = default,
            BaseFeePerGas = UInt256.One,
            ConsensusRoot = preimage.Root,
        };
        var commit = new CommitCertificate(height, 0, default, [1], [new Signature(new byte[65])]);
        return new CommittedBlock(new Block(header, [], new ConsensusPart(null, [], new byte[81], preimage)), [], [], commit);
    }
}
