using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Worker;

namespace DePinChain.Gpu.Tests.Verdicts;

/// <summary>The journal of a worker: what it fixed stays fixed, whatever a kill leaves behind.</summary>
public sealed class JournalTests
{
    private static readonly Address Verifier = Address.FromLow(7);
    private static readonly Hash256 One = Hash256.Parse("0x" + new string('1', 64));
    private static readonly Hash256 Two = Hash256.Parse("0x" + new string('2', 64));

    private string _path = "";

    [SetUp]
    public void MakeFile() => _path = Path.Combine(Directory.CreateTempSubdirectory("depin-journal-").FullName, "journal.log");

    [TearDown]
    public void RemoveFile() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Test]
    public void A_seats_first_verdict_holds_for_ever()
    {
        using (Journal journal = Journal.Open(_path))
        {
            journal.Fix(5, 2, Verifier, 1, One, Two);
            Assert.That(journal.Fix(5, 2, Verifier, 2, Two, One).Verdict, Is.EqualTo(1), "the second is not taken");
            journal.Fix(5, 3, Verifier, 2, Two, One);
        }

        using Journal again = Journal.Open(_path);
        Assert.That(again.FindVerdict(5, 2, Verifier)!.Answer, Is.EqualTo(One.ToString()));
        Assert.That(again.FindVerdict(5, 3, Verifier)!.Verdict, Is.EqualTo(2));
        Assert.That(again.FindVerdict(5, 2, Address.FromLow(8)), Is.Null, "another verifier's seat");
    }

    [Test]
    public void A_receipt_is_signed_for_one_root_only()
    {
        using Journal journal = Journal.Open(_path);
        Assert.That(journal.TryFixReceipt(5, Verifier, 1, One));
        Assert.That(journal.TryFixReceipt(5, Verifier, 1, One), "the same again");
        Assert.That(journal.TryFixReceipt(5, Verifier, 1, Two), Is.False);
        Assert.That(journal.TryFixReceipt(6, Verifier, 1, Two), "another job");
    }

    [Test]
    public void A_kill_at_any_byte_of_an_entry_loses_that_entry_alone()
    {
        using (Journal journal = Journal.Open(_path))
        {
            journal.Fix(1, 0, Verifier, 1, One, Two);
            journal.Fix(2, 0, Verifier, 1, One, Two);
        }

        byte[] whole = File.ReadAllBytes(_path);
        int second = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = second; length < whole.Length; length++)
        {
            File.WriteAllBytes(_path, whole[..length]);
            using (Journal cut = Journal.Open(_path))
            {
                Assert.That(cut.Entries, Has.Count.EqualTo(1), $"{length} bytes");
                cut.Fix(3, 0, Verifier, 1, One, Two);
            }

            using Journal again = Journal.Open(_path);
            Assert.That(again.Entries.Select(static entry => entry.Job), Is.EqualTo(new[] { 1UL, 3UL }), $"{length} bytes");
        }
    }

    [Test]
    public void Damage_to_what_was_written_is_refused_with_what_to_do()
    {
        using (Journal journal = Journal.Open(_path))
        {
            journal.Fix(1, 0, Verifier, 1, One, Two);
            journal.Fix(2, 0, Verifier, 1, One, Two);
        }

        byte[] bytes = File.ReadAllBytes(_path);
        for (int at = 0; at < bytes.Length; at += 17)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x04;
            if (bytes[at] == '\n' || damaged[at] == '\n') continue;
            File.WriteAllBytes(_path, damaged);
            ExitException failure = Assert.Throws<ExitException>(() => Journal.Open(_path))!;
            Assert.That(failure.Message, Does.Contain("is damaged at line"), $"byte {at}");
            Assert.That(failure.Code, Is.EqualTo(ExitException.LocalState));
        }
    }

    [Test]
    public void Jobs_that_are_over_are_forgotten_but_no_transaction_that_may_still_land()
    {
        using (Journal journal = Journal.Open(_path))
        {
            journal.Fix(1, 0, Verifier, 1, One, Two);
            journal.Append(new JournalEntry { Kind = JournalKind.Call, Hash = "0xa", Raw = "0x", Acts = [Act.Commit(1, 0)] });
            journal.Append(new JournalEntry { Kind = JournalKind.Landed, Hash = "0xa" });
            journal.Append(new JournalEntry { Kind = JournalKind.Call, Hash = "0xb", Raw = "0x", Acts = [Act.Reveal(1, 0)] });
            journal.Fix(2, 0, Verifier, 1, One, Two);
            journal.Compact(new HashSet<ulong> { 2 });
            journal.Fix(3, 0, Verifier, 1, One, Two);
        }

        using Journal again = Journal.Open(_path);
        Assert.That(again.Entries.Select(static entry => (entry.Kind, entry.Job, entry.Hash)), Is.EqualTo(new[]
        {
            (JournalKind.Call, 0UL, "0xb"), (JournalKind.Verdict, 2UL, (string?)null), (JournalKind.Verdict, 3UL, null),
        }));
    }
}
