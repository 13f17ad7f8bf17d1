using System.Text;
using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Mempool;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Engine;

public sealed class PoolJournalTests
{
    private const string FileName = "pool.journal";

    [Test]
    public void Accepted_transactions_survive_a_killed_process()
    {
        MemoryFolder folder = new();
        PoolJournal journal = PoolJournal.Open(folder);
        journal.Append("one"u8);
        journal.Append("two"u8);

        Assert.That(Texts(PoolJournal.Open(folder.AfterKill())), Is.EqualTo(new[] { "one", "two" }));
    }

    [Test]
    public void Every_cut_of_the_file_leaves_the_whole_transactions_before_it()
    {
        MemoryFolder folder = new();
        PoolJournal journal = PoolJournal.Open(folder);
        journal.Append("one"u8);
        int afterFirst = folder.Read(FileName)!.Length;
        journal.Append("two"u8);
        byte[] content = folder.Read(FileName)!;

        for (int length = 0; length <= content.Length; length++)
        {
            MemoryFolder cut = new();
            cut.Overwrite(FileName, content.AsSpan(0, length));
            using PoolJournal again = PoolJournal.Open(cut);
            Assert.That(again.Found, Has.Count.EqualTo(length == content.Length ? 2 : length >= afterFirst ? 1 : 0), $"cut at {length}");
            again.Append("three"u8);
            Assert.That(Texts(PoolJournal.Open(cut.AfterKill())).Last(), Is.EqualTo("three"), "appending goes on behind the cut");
        }
    }

    [Test]
    public void Compacting_keeps_what_waits_and_what_comes_after()
    {
        MemoryFolder folder = new();
        PoolJournal journal = PoolJournal.Open(folder);
        journal.Append("final"u8);
        journal.Append("waiting"u8);
        journal.Compact(() => [Encoding.UTF8.GetBytes("waiting")]);
        journal.Append("after"u8);

        Assert.That(Texts(PoolJournal.Open(folder.AfterKill())), Is.EqualTo(new[] { "waiting", "after" }));
    }

    [Test]
    public void A_full_disk_is_told_with_the_file_and_the_reason_and_the_pool_takes_nothing()
    {
        using NodeCluster cluster = new(validators: 1);
        TransactionPool pool = cluster[0].Pool;
        using TransactionGossip gossip = new(pool, cluster.JoinAsStranger("alone"), PoolJournal.Open(new FullFolder()));
        Transaction transfer = cluster.Transfer(0, 1, 0, Amount.One);
        Admission admission = pool.Add(transfer, local: true, gossip.Keep);
        Assert.That(admission.Rejection!.Name, Is.EqualTo("DiskFull"));
        Assert.That(admission.Rejection.Needed, Is.EqualTo($"{transfer.Size + 8} bytes in full:pool.journal"));
        Assert.That(admission.Rejection.Had, Is.EqualTo("No space left on device"));
        Assert.That((pool.Count, pool.Bytes, pool.ExecutableCount), Is.EqualTo((0, 0L, 0)));
        Assert.That(pool.Add(transfer, local: true).IsAccepted, Is.True, "nothing of it is left in the way");
    }

    /// <summary>A disk on which nothing has room any more.</summary>
    private sealed class FullFolder : IFolder, IAppendFile
    {
        public long Length => 0;

        public byte[]? Read(string name) => null;

        public void Replace(string name, ReadOnlySpan<byte> content) => throw Full();

        public IAppendFile OpenAppend(string name) => this;

        public IDisposable Lock(string name) => this;

        public string Describe(string name) => "full:" + name;

        public void Append(ReadOnlySpan<byte> bytes) => throw Full();

        public void Sync() => throw Full();

        public void Truncate(long length) => throw Full();

        public void Dispose()
        {
            // There is nothing to close.
        }

        private static RefusalException Full() =>
            new(ExitCode.LocalState, "The disk refused it; free space.", new IOException("No space left on device"));
    }

    private static IEnumerable<string> Texts(PoolJournal journal) => journal.Found.Select(raw => Encoding.UTF8.GetString(raw.Span));
}
