using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Ledger;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node.Maintenance;

/// <summary>
/// What is done to a folder while no node uses it: <c>backup verify|restore</c>, <c>db check|repair</c>, <c>upgrade rehearse</c>.
/// </summary>
internal static class MaintenanceVerbs
{
    private const string Usage =
        "usage: DePinChain.Node backup verify DIR | backup restore DIR --home HOME | db check|repair --home HOME "
        + "[--deep] [--from-peers] [--genesis FILE] | upgrade rehearse BACKUP [--home HOME] [--blocks N], each with [--json]";

    private const ulong RehearsedBlocks = 100;

    /// <summary>Whether the arguments ask for something of this kind.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments) => arguments is ["backup" or "db" or "upgrade", ..];

    /// <exception cref="RefusalException">It cannot be done; the message says what to do.</exception>
    public static ExitCode Run(IReadOnlyList<string> arguments, TextWriter output)
    {
        if (arguments.Count < 2) throw Wrong("a verb is missing");
        Queue<string> rest = new(arguments.Skip(2));
        string? folder = null, home = null, genesis = null;
        bool isDeep = false, isFromPeers = false, isJson = false;
        ulong blocks = RehearsedBlocks;
        while (rest.TryDequeue(out string? name))
        {
            switch (name)
            {
                case "--home":
                    home = Value(name, rest);
                    break;
                case "--genesis":
                    genesis = Value(name, rest);
                    break;
                case "--blocks":
                    string text = Value(name, rest);
                    if (!ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out blocks) || blocks == 0)
                        throw Wrong($"--blocks {text} is not a number above 0");
                    break;
                case "--deep":
                    isDeep = true;
                    break;
                case "--from-peers":
                    isFromPeers = true;
                    break;
                case "--json":
                    isJson = true;
                    break;
                default:
                    if (name.StartsWith('-') || folder is not null) throw Wrong($"{name} is not an option");
                    folder = Path.GetFullPath(name);
                    break;
            }
        }

        return (arguments[0], arguments[1]) switch
        {
            ("backup", "verify") => Verify(folder ?? throw Wrong("the backup's folder is missing"), output, isJson),
            ("backup", "restore") => Restore(
                folder ?? throw Wrong("the backup's folder is missing"), home ?? throw Wrong("--home is missing"), output, isJson),
            ("db", "check") => Check(home ?? throw Wrong("--home is missing"), genesis, isDeep, output, isJson),
            ("upgrade", "rehearse") => Rehearse(folder ?? throw Wrong("the backup's folder is missing"), home, blocks, output, isJson),
            ("db", "repair") when isFromPeers => SetAside(home ?? throw Wrong("--home is missing"), genesis, output, isJson),
            ("db", "repair") => Repair(home ?? throw Wrong("--home is missing"), genesis, output, isJson),
            _ => throw Wrong($"{arguments[0]} {arguments[1]} does not exist"),
        };
    }

    private static ExitCode Verify(string folder, TextWriter output, bool isJson)
    {
        (BackupManifest manifest, Address? signer) = Backups.Verify(folder);

        // Copies of the links: a database that is opened writes into its folder, and the backup must stay what it is.
        string copy = Directory.CreateTempSubdirectory("depin-verify-").FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, BackupManifest.DatabaseFolder)))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            GenesisDocument genesis = ReadGenesis(Path.Combine(folder, BackupManifest.GenesisName));
            using RocksDatabase store = RocksDatabase.Open(copy, RocksOptions.Localnet);
            CheckReport report = new DatabaseCheck(store, genesis).Run(isDeep: false);
            Facts(output, isJson,
            [
                ("backup", folder),
                ("chainId", Text(manifest.ChainId)),
                ("height", Text(manifest.Height)),
                ("head", Text(report.Head)),
                ("files", Text((ulong)manifest.Files.Count)),
                ("signedBy", signer?.ToString() ?? "nobody"),
                ("faults", Text((ulong)report.Faults.Count)),
            ]);
            return Tell(report, output, isJson);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static ExitCode Restore(string folder, string home, TextWriter output, bool isJson)
    {
        BackupManifest manifest = Backups.Restore(folder, Path.GetFullPath(home));
        Facts(
            output, isJson, [("restored", Path.GetFullPath(home)), ("chainId", Text(manifest.ChainId)), ("height", Text(manifest.Height))]);
        return ExitCode.Success;
    }

    private static ExitCode Check(string home, string? genesis, bool isDeep, TextWriter output, bool isJson)
    {
        using RocksDatabase store = Open(home);
        CheckReport report = new DatabaseCheck(store, GenesisOf(home, genesis)).Run(isDeep);
        Facts(output, isJson,
        [
            ("head", Text(report.Head)),
            ("from", Text(report.From)),
            ("accountsProven", Text((ulong)report.Accounts)),
            ("faults", Text((ulong)report.Faults.Count)),
        ]);
        return Tell(report, output, isJson);
    }

    private static ExitCode Repair(string home, string? genesis, TextWriter output, bool isJson)
    {
        using RocksDatabase store = Open(home);
        int repaired = DatabaseRepair.RebuildIndexes(store);
        CheckReport report = new DatabaseCheck(store, GenesisOf(home, genesis)).Run(isDeep: true);
        Facts(output, isJson, [("blocksIndexedAgain", Text((ulong)repaired)), ("faults", Text((ulong)report.Faults.Count))]);
        return Tell(report, output, isJson);
    }

    // A database that hangs together stays. What the peers still have is fetched by the node itself, which believes none of it unseen.
    private static ExitCode SetAside(string home, string? genesis, TextWriter output, bool isJson)
    {
        CheckReport? report = null;
        string? unreadable = null;
        try
        {
            using RocksDatabase store = Open(home);
            DatabaseRepair.RebuildIndexes(store);
            report = new DatabaseCheck(store, GenesisOf(home, genesis)).Run(isDeep: true);
        }
        catch (Exception damage) when (damage is DatabaseException or LedgerCorruptException or StateCorruptException)
        {
            unreadable = damage.Message;
        }

        if (report is { Faults.Count: 0 })
        {
            Facts(output, isJson, [("faults", "0"), ("setAside", "nothing: the database hangs together")]);
            return ExitCode.Success;
        }

        string why = unreadable ?? $"{report!.Faults[0].Part} of block {report.Faults[0].Height}: {report.Faults[0].What}";
        Facts(output, isJson,
        [
            ("damage", why),
            ("setAside", DatabaseRepair.SetAside(Path.GetFullPath(home))),
            ("kept", "keys, the signer's mark and the vote records: what was signed is not signed otherwise"),
            ("next", "start the node: it fetches and executes every block from its peers again; --trust takes a snapshot instead"),
        ]);
        return ExitCode.Success;
    }

    private static ExitCode Rehearse(string folder, string? home, ulong blocks, TextWriter output, bool isJson)
    {
        Backups.Verify(folder);
        GenesisDocument genesis = ReadGenesis(Path.Combine(folder, BackupManifest.GenesisName));
        SnapshotFolder? snapshots = home is null ? null : new SnapshotFolder(Path.Combine(Path.GetFullPath(home), "snapshots"));
        using Rehearsal rehearsal = new(genesis, Path.Combine(folder, BackupManifest.DatabaseFolder), snapshots);
        RehearsalReport report = rehearsal.Run(blocks, CancellationToken.None);
        ulong? missing = new UpgradeGate(genesis.Forks, NodeComposition.KnownForks).ClosedFrom;
        ulong count = report.To - report.From;
        Facts(output, isJson,
        [
            ("program", NodeStatus.Version),
            ("head", Text(report.Head)),
            ("openedInMs", Text((ulong)report.Opening.TotalMilliseconds)),
            ("executedFrom", Text(report.From + 1)),
            ("executedTo", Text(report.To)),
            ("stateRoot", report.StateRoot.ToString()),
            ("msPerBlock", count == 0 ? "-" : (report.Executing.TotalMilliseconds / count).ToString("0.00", CultureInfo.InvariantCulture)),
            ("stopsBefore", missing is null ? "never: it has every scheduled fork" : Text(missing.Value)),
        ]);
        return ExitCode.Success;
    }

    private static ExitCode Tell(CheckReport report, TextWriter output, bool isJson)
    {
        if (report.Faults.Count == 0) return ExitCode.Success;
        if (!isJson)
        {
            foreach (CheckFault fault in report.Faults) output.WriteLine($"{fault.Part} of block {fault.Height}: {fault.What}");
        }

        bool isIndexOnly = report.Faults.All(fault => fault.Part == CheckPart.Index);
        throw new RefusalException(
            ExitCode.LocalState,
            isIndexOnly
                ? "Only indexes are damaged: depin db repair makes them again."
                : $"{report.Faults[0].Part} of block {report.Faults[0].Height} is damaged ({report.Faults[0].What}): "
                    + "this does not follow from anything else in the folder; restore a backup, or use depin db repair --from-peers.");
    }

    private static RocksDatabase Open(string home)
    {
        string database = Path.Combine(Path.GetFullPath(home), BackupManifest.DatabaseFolder);
        if (Directory.Exists(database)) return RocksDatabase.Open(database, RocksOptions.Localnet);
        throw new RefusalException(ExitCode.LocalState, $"{database} does not exist; name a node's home with --home.");
    }

    // A localnet's nodes share the document one folder up.
    private static GenesisDocument GenesisOf(string home, string? given)
    {
        if (given is not null) return ReadGenesis(given);
        string own = Path.Combine(Path.GetFullPath(home), BackupManifest.GenesisName);
        return ReadGenesis(File.Exists(own) ? own : Path.Combine(Path.GetFullPath(home), "..", BackupManifest.GenesisName));
    }

    private static GenesisDocument ReadGenesis(string path)
    {
        try
        {
            return GenesisDocument.Parse(File.ReadAllText(path));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or GenesisException)
        {
            throw new RefusalException(
                ExitCode.LocalState, $"{path} is no genesis document ({trouble.Message}); name it with --genesis.", trouble);
        }
    }

    private static void Facts(TextWriter output, bool isJson, IReadOnlyList<(string Name, string Value)> facts)
    {
        if (isJson)
        {
            JsonObject record = [];
            foreach ((string name, string value) in facts) record[name] = value;
            output.WriteLine(record.ToJsonString());
            return;
        }

        foreach ((string name, string value) in facts) output.WriteLine($"{name,-20}{value}");
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Value(string name, Queue<string> rest) =>
        rest.TryDequeue(out string? value) && value.Length > 0 ? value : throw Wrong($"{name} needs a value");

    private static RefusalException Wrong(string what) => new(ExitCode.Usage, $"{what}; {Usage}");
}
