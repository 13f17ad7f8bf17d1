using System.CommandLine;

namespace DePinChain.Cli;

/// <summary>Options that every command takes. A flag wins over an environment variable, which wins over the default.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string> Rpc = new("--rpc")
    {
        Description = "The node's JSON-RPC address (environment: DEPIN_RPC).",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("DEPIN_RPC") ?? "http://127.0.0.1:8545",
        Recursive = true,
    };

    public static readonly Option<OutputFormat?> Format = new("--output",
        "-o")
    { Description = "table, plain, json or ndjson; plain when piped.", Recursive = true };

    public static readonly Option<bool> Json = new("--json") { Description = "Short for --output json.", Recursive = true };

    public static readonly Option<string> Key = new("--key")
    {
        Description = "The key that signs: a name of 'depin keys list', or dev0 to dev9 on a localnet (environment: DEPIN_KEY).",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("DEPIN_KEY") ?? "dev0",
        Recursive = true,
    };

    public static readonly Option<string> Fee = new("--fee")
    {
        Description = "slow, normal, fast, or the largest fee per gas in gwei.",
        DefaultValueFactory = _ => "normal",
        Recursive = true,
    };

    public static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask.", Recursive = true };

    public static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Show what would be sent and what it costs; send nothing.",
        Recursive = true
    };

    public static readonly Option<bool> NoWait = new("--no-wait")
    {
        Description = "Return when the node has accepted the transaction; do not wait for its block.",
        Recursive = true
    };

    public static readonly Option<int> TimeoutSeconds = new("--timeout")
    {
        Description = "Seconds to wait for an answer or a block.",
        DefaultValueFactory = _ => 60,
        Recursive = true
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "No colours (environment: NO_COLOR).",
        Recursive = true
    };

    public static void AddTo(RootCommand root)
    {
        foreach (Option option in new Option[] { Rpc, Format, Json, Key, Fee, Yes, DryRun, NoWait, TimeoutSeconds, NoColor })
            root.Options.Add(option);
    }

    public static OutputFormat? ChosenFormat(ParseResult parse) => parse.GetValue(Json) ? OutputFormat.Json : parse.GetValue(Format);
}
