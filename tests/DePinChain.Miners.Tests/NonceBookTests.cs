using DePinChain.Miners.Serving;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>A request that was answered once is not answered again, whatever happened to the process since.</summary>
public sealed class NonceBookTests
{
    private static readonly Address Sender = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Address Other = Address.Parse("0x00000000000000000000000000000000000000bb");
    private string _path = "";

    [SetUp]
    public void Begin() => _path = Path.Combine(Directory.CreateTempSubdirectory("depin-nonces-").FullName, "nonces");

    [TearDown]
    public void End() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Test]
    public void A_nonce_is_above_its_senders_last()
    {
        using var book = new NonceBook(_path);
        Assert.That(book.TryTake(Sender, 10), Is.True);
        Assert.That(book.TryTake(Sender, 10), Is.False);
        Assert.That(book.TryTake(Sender, 9), Is.False);
        Assert.That(book.TryTake(Other, 9), Is.True, "each sender has its own");
        Assert.That(book.TryTake(Sender, 11), Is.True);
    }

    [Test]
    public void Nonces_outlive_the_process_without_a_clean_end()
    {
        // Not disposed: what a killed process leaves is what was flushed.
        var book = new NonceBook(_path);
        book.TryTake(Sender, 10);
        book.TryTake(Other, 20);
        byte[] left = File.ReadAllBytes(_path);
        book.Dispose();
        File.WriteAllBytes(_path, left);
        using var again = new NonceBook(_path);
        Assert.That(again.TryTake(Sender, 10), Is.False);
        Assert.That(again.TryTake(Other, 20), Is.False);
        Assert.That(again.TryTake(Other, 21), Is.True);
    }

    [Test]
    public void A_record_that_was_torn_is_as_if_never_begun()
    {
        using (var book = new NonceBook(_path))
        {
            book.TryTake(Sender, 10);
            book.TryTake(Sender, 11);
        }

        byte[] whole = File.ReadAllBytes(_path);
        File.WriteAllBytes(_path, whole[..^3]);
        using var again = new NonceBook(_path);
        Assert.That(again.TryTake(Sender, 10), Is.False);
        Assert.That(again.TryTake(Sender, 11), Is.True);
    }

    [Test]
    public void A_sender_that_asks_too_fast_waits_and_others_do_not()
    {
        var buckets = new TokenBuckets(burst: 3, perSecond: 2);
        Assert.That(Enumerable.Range(0, 4).Select(_ => buckets.TryTake(Sender, 1_000)), Is.EqualTo(new[] { true, true, true, false }));
        Assert.That(buckets.TryTake(Other, 1_000), Is.True);
        Assert.That(buckets.TryTake(Sender, 1_499), Is.False, "half a second gives one more, and not sooner");
        Assert.That(buckets.TryTake(Sender, 1_999), Is.True);
    }
}
