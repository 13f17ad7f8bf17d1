using System.Globalization;
using System.Text;
using DePinChain.Blocks;
using DePinChain.Engine;

namespace DePinChain.Node;

/// <summary>A localnet's data folder: its genesis, its clock, and one folder for each node.</summary>
/// <remarks>
/// The counter of chain ids lies beside the folder and survives whoever deletes it: a wallet that knew the last network
/// under its chain id must not be offered another under the same (nonces and history would be mixed up).
/// </remarks>
internal sealed class NetworkFolder
{
    private const string GenesisFile = "genesis.json";
    private const ulong FirstChainId = 1_337_000;
    private const int DefaultValidators = 4;

    private readonly NodeOptions _options;
    private readonly string _counterPath;

    public NetworkFolder(NodeOptions options)
    {
        _options = options;
        _counterPath = Path.TrimEndingDirectorySeparator(options.DataFolder) + ".next-chain-id";
    }

    /// <summary>What all nodes of the network share.</summary>
    public DiskFolder Shared => new(_options.DataFolder);

    /// <summary>Whether this start began the network.</summary>
    public bool IsNew { get; private set; }

    public string PathOf(int node) => Path.Combine(_options.DataFolder, string.Create(CultureInfo.InvariantCulture, $"v{node}"));

    /// <summary>Reads the network's genesis, or begins a network.</summary>
    /// <param name="nowSeconds">Unix time for a new block 0.</param>
    public GenesisDocument Open(ulong nowSeconds)
    {
        if (_options.Fresh) Wipe();
        byte[]? kept = Shared.Read(GenesisFile);
        if (kept is null) return Begin(nowSeconds);
        GenesisDocument genesis = Understand(Encoding.UTF8.GetString(kept));
        if (_options.Validators is { } wanted && wanted != genesis.Validators.Count)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The network in {_options.DataFolder} has {genesis.Validators.Count} validators, not {wanted}; "
                + "leave --validators out, or add --fresh.");
        }

        if (_options.ChainId is { } chainId && chainId != genesis.ChainId)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The network in {_options.DataFolder} has chain id {genesis.ChainId}, not {chainId}; "
                + "leave --chain-id out, or add --fresh.");
        }

        return genesis;
    }

    private GenesisDocument Begin(ulong nowSeconds)
    {
        ulong chainId = _options.ChainId ?? TakeChainId();
        GenesisDocument genesis = LocalnetGenesis.Create(
            LocalnetGenesis.Rules(),
            chainId,
            _options.Validators ?? DefaultValidators,
            nowSeconds);
        IReadOnlyList<GenesisError> errors = genesis.Validate();
        if (errors.Count > 0)
            throw new RefusalException(ExitCode.LocalState, $"genesis/localnet.json makes no network: {string.Join("; ", errors)}.");
        Shared.Replace(GenesisFile, Encoding.UTF8.GetBytes(genesis.ToJson()));
        IsNew = true;
        return genesis;
    }

    private GenesisDocument Understand(string json)
    {
        string path = Shared.Describe(GenesisFile);
        bool isRead = GenesisDocument.TryParse(json, out GenesisDocument? genesis, out IReadOnlyList<GenesisError> errors);
        if (isRead) errors = genesis!.Validate();
        if (errors.Count > 0)
            throw new RefusalException(
                ExitCode.LocalState,
                $"{path} is no longer a genesis ({errors[0]}); restore it, or start with --fresh.");
        return genesis!;
    }

    // Names are removed one by one and only when they are ours: a mistyped --data must not empty somebody's home.
    private void Wipe()
    {
        if (!Directory.Exists(_options.DataFolder)) return;
        bool isOurs = File.Exists(Path.Combine(_options.DataFolder, GenesisFile));
        if (!isOurs && Directory.EnumerateFileSystemEntries(_options.DataFolder).Any())
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"{_options.DataFolder} holds files but no network, so --fresh will not empty it; choose another folder with --data.");
        }

        try
        {
            using (Shared.Lock(LockFile)) Directory.Delete(_options.DataFolder, recursive: true);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"{_options.DataFolder} cannot be emptied ({trouble.Message}); fix that, or choose another with --data.",
                trouble);
        }
    }

    /// <summary>Held while a process uses the folder.</summary>
    public const string LockFile = "network.lock";

    private ulong TakeChainId()
    {
        ulong next = FirstChainId;
        DiskFolder beside = new(Path.GetDirectoryName(_counterPath) ?? "/");
        string name = Path.GetFileName(_counterPath);
        string kept = Encoding.ASCII.GetString(beside.Read(name) ?? []).Trim();
        if (ulong.TryParse(kept, NumberStyles.None, CultureInfo.InvariantCulture, out ulong counted)) next = Math.Max(next, counted);
        beside.Replace(name, Encoding.ASCII.GetBytes((next + 1).ToString(CultureInfo.InvariantCulture) + "\n"));
        return next;
    }
}
