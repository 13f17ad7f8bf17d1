using System.Globalization;
using DePinChain.Primitives;
using DePinChain.Worker.Answers;

namespace DePinChain.Worker.Disputes;

/// <summary>
/// Answers whose trace differs from the model's: what the miner showed lies in a file, on the disk before the journal names it, so that a
/// dispute goes on after a restart and needs nothing of the miner any more.
/// </summary>
internal sealed class DoubtBook(string folder, Journal journal)
{
    /// <summary>Who plays: a key of a verifier; zero without one, and then nothing is doubted.</summary>
    public Address Player { get; set; }

    /// <summary>Doubts that nothing has settled.</summary>
    public IReadOnlyList<JournalEntry> Open => journal.Doubts;

    /// <summary>Takes up a doubt; a second one about the same job is none.</summary>
    public void Add(ulong job, AuditFacts audit, byte[] shown, uint position, ulong head)
    {
        if (Player.IsZero) return;
        Directory.CreateDirectory(folder);
        string next = PathOf(job) + ".next";
        using (FileStream file = new(next, FileMode.Create, FileAccess.Write))
        {
            file.Write(shown);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, PathOf(job), overwrite: true);
        Doubt doubt = new()
        {
            Batch = audit.Batch,
            Index = audit.Index,
            Model = audit.Number,
            Miner = audit.Miner.ToString(),
            Position = position,
            At = head,
        };
        journal.TryDoubt(job, doubt, Player);
    }

    /// <summary>What the miner showed; null when the file is gone.</summary>
    public ShownAnswer? Find(ulong job) => File.Exists(PathOf(job)) ? ShownAnswer.Decode(File.ReadAllBytes(PathOf(job))) : null;

    /// <summary>Nothing is left to do.</summary>
    public void Settle(ulong job)
    {
        journal.Settle(job);
        File.Delete(PathOf(job));
    }

    private string PathOf(ulong job) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{job}.answer"));
}
