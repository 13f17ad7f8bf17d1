using System.Text;
using DePinChain.Engine;

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

    private static IEnumerable<string> Texts(PoolJournal journal) => journal.Found.Select(raw => Encoding.UTF8.GetString(raw.Span));
}
