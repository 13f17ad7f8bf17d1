using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Client.Programs;
using DePinChain.Miners.Homes;

namespace DePinChain.Miners.Judging;

/// <summary>
/// What a validator must not forget: scores, what it has checked in this epoch, and what it has committed to. One file, replaced as a
/// whole, written before anything that rests on it is signed or sent.
/// </summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed class ValidatorNotes
{
    public ulong ChainId { get; set; }

    public uint Netuid { get; set; }

    /// <summary>The epoch that <see cref="Checks"/> belong to.</summary>
    public ulong Epoch { get; set; }

    /// <summary>By hotkey.</summary>
    public SortedDictionary<string, ScoreNote> Scores { get; set; } = new(StringComparer.Ordinal);

    public List<CheckNote> Checks { get; set; } = [];

    public List<CommitNote> Commits { get; set; } = [];

    /// <summary>Held by whoever changes the notes: rounds and people's questions run side by side.</summary>
    [JsonIgnore]
    public Lock Gate { get; } = new();

    /// <summary>Reads the notes of a home; empty ones when there are none, or when they are of another chain.</summary>
    /// <exception cref="ExitException">They are damaged.</exception>
    public static ValidatorNotes Open(SubnetHome home, ulong chainId, uint netuid)
    {
        var fresh = new ValidatorNotes { ChainId = chainId, Netuid = netuid };
        if (!File.Exists(home.NotesPath)) return fresh;
        try
        {
            ValidatorNotes? notes = JsonSerializer.Deserialize(File.ReadAllBytes(home.NotesPath), SubnetJson.Default.ValidatorNotes);
            return notes is not null && notes.ChainId == chainId && notes.Netuid == netuid ? notes : fresh;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{home.NotesPath} cannot be read ({trouble.Message}); restore it, or delete it and lose what " +
                "was committed and not revealed.");
        }
    }

    public void Save(SubnetHome home)
    {
        lock (Gate) DurableFile.Replace(home.NotesPath, JsonSerializer.SerializeToUtf8Bytes(this, SubnetJson.Default.ValidatorNotes));
    }
}

/// <summary>What a validator thinks of a miner.</summary>
internal sealed record ScoreNote
{
    /// <summary>Another registration is another miner, with no past.</summary>
    public ulong RegisteredAt { get; set; }

    /// <summary>0 to 1.</summary>
    public double Score { get; set; }

    /// <summary>The epoch, plus one, in which an exact check failed: no weight in that epoch.</summary>
    public ulong FailedIn { get; set; }

    public ulong Checked { get; set; }

    public ulong Passed { get; set; }

    public string LastVerdict { get; set; } = "";
}

/// <summary>One check of an epoch.</summary>
internal sealed record CheckNote
{
    /// <summary>The task's number, or -1 for one that a person asked for.</summary>
    public int Number { get; set; }

    public ushort Uid { get; set; }

    public string Hotkey { get; set; } = "";

    public string Verdict { get; set; } = "";

    /// <summary>The evidence's leaf, in hex.</summary>
    public string Leaf { get; set; } = "";
}

/// <summary>How far a commitment has come.</summary>
internal enum CommitStage
{
    /// <summary>Written here; the chain may or may not have it.</summary>
    Prepared,

    /// <summary>The chain has it.</summary>
    Committed,

    /// <summary>The weights count.</summary>
    Revealed,

    /// <summary>It never came into its block in time.</summary>
    Lost,

    /// <summary>It was not revealed in its epoch: the deposit is gone.</summary>
    Missed,
}

/// <summary>Weights that were committed, and what opens them.</summary>
internal sealed record CommitNote
{
    public ulong Epoch { get; set; }

    public CommitStage Stage { get; set; }

    public string Weights { get; set; } = "";

    public ulong VersionKey { get; set; }

    public string EvidenceRoot { get; set; } = "";

    public string Salt { get; set; } = "";

    /// <summary>The signed transaction: the same bytes are sent again after a crash.</summary>
    public string Raw { get; set; } = "";

    public string Transaction { get; set; } = "";

    public string RevealRaw { get; set; } = "";

    public string RevealTransaction { get; set; } = "";
}
