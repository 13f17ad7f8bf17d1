using System.Globalization;
using System.Net.Sockets;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node;

/// <summary>Turns whatever stopped the node into an exit code and one sentence that says what to do.</summary>
internal static class Failures
{
    /// <param name="failure">What reached the top.</param>
    /// <param name="dataFolder">Where a bundle for the developers may be left; null when none was named yet.</param>
    public static (ExitCode Code, string Sentence) Explain(Exception failure, string? dataFolder) => failure switch
    {
        RefusalException refusal => (refusal.Code, refusal.Message),
        DatabaseException database => (ExitCode.LocalState, OneLine(database.Message)),
        StateCorruptException corrupt => (ExitCode.LocalState, OneLine(corrupt.Message)),
        CryptoLibraryException library => (ExitCode.LocalState, OneLine(library.Message)),
        GenesisException genesis => (ExitCode.LocalState, OneLine(genesis.Message)),
        ConsensusHaltedException halted => (ExitCode.RefusedForSafety, Halted(halted, dataFolder)),
        AggregateException { InnerException: { } inner } => Explain(inner, dataFolder),
        _ => (ExitCode.LocalState, Broken(failure, dataFolder)),
    };

    /// <summary>Whether a server could not start because somebody else has its port.</summary>
    public static bool IsPortTaken(IOException trouble) =>
        trouble.GetBaseException() is SocketException || trouble.Message.Contains("in use", StringComparison.Ordinal);

    public static RefusalException OfPort(int port, IOException? cause) => new(
        ExitCode.LocalState, $"Port {port} is in use; stop what listens there, or choose another with --rpc-port.", cause);

    private static string Halted(ConsensusHaltedException halted, string? dataFolder)
    {
        string bundle = $"height {halted.Height}\nblock {halted.BlockHash}\n"
            + $"rlp {(halted.Block is { } block ? Hex.Encode(block.Encode()) : "not at hand")}\n"
            + $"certificate {(halted.Commit is { } commit ? Hex.Encode(commit.Encode()) : "none")}\n"
            + $"fault {halted.Data["fault"] ?? "see the log"}\n";
        return OneLine(halted.Message) + $" The node stopped; keep its data folder and report {Leave(dataFolder, "halt", bundle)}.";
    }

    private static string Broken(Exception failure, string? dataFolder) =>
        $"The node stopped rather than go on with something it does not believe ({OneLine(failure.Message).TrimEnd('.')}); "
        + $"what is final is safe, and the report for the developers is {Leave(dataFolder, "failure", failure.ToString())}.";

    private static string Leave(string? dataFolder, string name, string content)
    {
        string stamp = DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        string folder = dataFolder is not null && Directory.Exists(dataFolder) ? dataFolder : Path.GetTempPath();
        string path = Path.Combine(folder, $"{name}-{stamp}.txt");
        try
        {
            File.WriteAllText(path, content);
            return path;
        }
        catch (Exception full) when (DiskFolder.IsOfTheDisk(full))
        {
            return $"{path}, which could not be written ({OneLine(full.Message)})";
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
