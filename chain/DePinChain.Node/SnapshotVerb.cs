using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Ledger;
using DePinChain.Node.Homes;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node;

/// <summary>State snapshots of a stopped node's folder: <c>snapshot create</c> and <c>snapshot restore</c>.</summary>
internal sealed class SnapshotVerb
{
    public const string Usage =
        "usage: DePinChain.Node snapshot create|restore --genesis FILE --node DIR --snapshots DIR [--trusted HEIGHT:HASH], "
        + "or snapshot join --home DIR --trusted HEIGHT:HASH";

    private readonly GenesisDocument _genesis;
    private readonly string _database;
    private readonly SnapshotFolder _folder;
    private readonly BlockExecutor _executor;

    private SnapshotVerb(GenesisDocument genesis, string database, SnapshotFolder folder)
    {
        _genesis = genesis;
        _database = database;
        _folder = folder;
        _executor = new BlockExecutor(ChainRules.Of(genesis), ModuleCatalog.Modules);
    }

    /// <summary>Does what the arguments say.</summary>
    /// <exception cref="RefusalException">They make no sense, or the data does not allow it; the message says what to do.</exception>
    public static async Task RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken stopping)
    {
        if (arguments.Count == 0 || arguments.Count % 2 == 0) throw Wrong("a verb and its options are needed");
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        for (int index = 1; index < arguments.Count; index += 2) options[arguments[index]] = arguments[index + 1];
        foreach (string name in options.Keys)
        {
            bool isKnown = name is "--genesis" or "--node" or "--snapshots" or "--trusted" or "--home";
            if (!isKnown) throw Wrong($"{name} is not an option");
        }

        if (arguments[0] == "join")
        {
            NodeHome home = new(Needed(options, "--home"));
            TrustedBlock trusted = TrustedBlock.Parse(Needed(options, "--trusted"), Wrong);
            await SnapshotJoin.RunAsync(home, home.ReadSettings(), trusted, output.WriteLine, stopping);
            output.WriteLine($"start the node with: depin node run --home {home.Path}");
            return;
        }

        string node = Needed(options, "--node");
        SnapshotVerb verb = new(
            ReadGenesis(Needed(options, "--genesis")),
            new DiskFolder(node).Describe("database"),
            new SnapshotFolder(Path.GetFullPath(Needed(options, "--snapshots"))));
        switch (arguments[0])
        {
            case "create":
                verb.Create(output);
                break;
            case "restore":
                verb.Restore(Needed(options, "--trusted"), output);
                break;
            default:
                throw Wrong($"{arguments[0]} is none of create, restore and join");
        }
    }

    private void Create(TextWriter output)
    {
        if (!Directory.Exists(_database))
            throw new RefusalException(ExitCode.LocalState, $"There is no database in {_database}; name a node's folder with --node.");
        RocksDatabase database = RocksDatabase.Open(_database, RocksOptions.Localnet);
        StateTree state = StateTree.Open(database, NodeComposition.StateOptionsOf(_genesis));
        using ChainStores stores = new(database, state, new BlockArchive(database), new HeadFeed());
        OpenedChain opened = ChainOpening.Open(stores, _executor, _genesis, _database);
        using StateSnapshot latest = opened.PoolState;
        if (opened.Head.Number == 0)
            throw new RefusalException(ExitCode.LocalState, "The node stands at genesis, which needs no snapshot.");
        SnapshotManifest manifest = _folder.Write(latest, opened.Head);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"snapshot of height {manifest.Height} in {manifest.Chunks.Count} chunks in {_folder.Path}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restore it with --trusted {manifest.Height}:{manifest.Light.Hash}"));
    }

    private void Restore(string trusted, TextWriter output)
    {
        (ulong height, Hash256 hash) = TrustedBlock.Parse(trusted, Wrong);
        byte[]? found = _folder.FindManifest(height);
        if (found is null)
            throw new RefusalException(ExitCode.LocalState, $"There is no snapshot of height {height} in {_folder.Path}.");
        if (!SnapshotManifest.TryDecode(found, out SnapshotManifest? manifest, out string? why))
            throw new RefusalException(ExitCode.RefusedForSafety, $"The snapshot's manifest cannot be read: {why}.");
        Directory.CreateDirectory(Path.GetDirectoryName(_database)!); // a folder in the node's folder
        using RocksDatabase database = RocksDatabase.Open(_database, RocksOptions.Localnet);
        SnapshotRestore restore = SnapshotRestore.Begin(database, manifest, _genesis.ChainId, hash);
        while (!restore.HasAll)
        {
            uint index = restore.Next;
            string? fault = _folder.FindChunk(height, index) is { } chunk ? restore.Take(chunk) : "the file is missing";
            if (fault is not null)
            {
                throw new RefusalException(
                    ExitCode.RefusedForSafety,
                    $"Chunk {index} of the snapshot is refused: {fault}. What was restored so far is kept; "
                    + "get the snapshot from another place.");
            }
        }

        restore.Finish(_genesis, _executor, NodeComposition.StateOptionsOf(_genesis));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"restored height {height} with state root {manifest.StateRoot}; the node goes on from there"));
    }

    private static GenesisDocument ReadGenesis(string path)
    {
        IReadOnlyList<GenesisError> errors = [];
        bool isThere = File.Exists(path);
        if (isThere && GenesisDocument.TryParse(File.ReadAllText(path), out GenesisDocument? genesis, out errors)) return genesis!;
        throw new RefusalException(
            ExitCode.LocalState,
            errors.Count > 0 ? $"{path} is no genesis: {errors[0]}." : $"There is no genesis file {path}.");
    }

    private static string Needed(SortedDictionary<string, string> options, string name) =>
        options.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw Wrong($"{name} is missing");

    private static RefusalException Wrong(string what) => new(ExitCode.Usage, $"{what}; {Usage}");
}
