using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Copies of a node's database, and looking after one: the running node makes the copy, its program does the rest.</summary>
internal static class MaintenanceCommands
{
    private static readonly Argument<string> Folder = new("folder") { Description = "The backup's folder." };

    private static readonly Option<string> Home = new("--home")
    {
        Description = "The home of a node that stands still: the folder that holds its database.",
        Required = true,
    };

    public static Command Backup() => new("backup", "Make, check and put back a copy of a node's database; keys and marks are never in it.")
    {
        Create(), Passed("backup", "verify", "Compares a backup with its manifest, and reads it as a node would.", Folder),
        Passed("backup", "restore", "Puts a backup into a home, unless that is ahead of it.", Folder, Home),
    };

    public static Command Database()
    {
        var deep = new Option<bool>("--deep") { Description = "Every block, not the last 1,000." };
        var fromPeers = new Option<bool>("--from-peers")
        {
            Description = "If more than indexes is damaged: sets the database aside; the next start fetches it from the peers.",
        };
        return new Command("db", "Look at a stopped node's database, and make again what can be.")
        {
            Passed("db", "check", "Heads, hashes, roots, certificates, indexes and the proofs of accounts.", Home, deep),
            Passed("db", "repair", "Makes the indexes again; what does not follow from the blocks is not invented.", Home, fromPeers),
        };
    }

    public static Command Upgrade()
    {
        var status = new Command("status", "Scheduled changes of the rules, and whether the running node has them.");
        status.Runs(async (session, _, cancellation) =>
        {
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            List<IReadOnlyList<JsonNode?>> rows = [];
            foreach (JsonNode? upgrade in await session.Node.CallAsync("depin_getUpgrades", cancellation) as JsonArray ?? [])
            {
                ulong height = ulong.Parse(TransactionFlow.Decimal(upgrade!["height"]), System.Globalization.CultureInfo.InvariantCulture);
                bool isKnown = upgrade["known"]!.GetValue<bool>();
                string state = height <= head ? "active" : isKnown ? "ready" : "this program stops before it: install a newer one";
                rows.Add([upgrade["name"]?.GetValue<string>(), height, await desk.WhenAsync(height, cancellation), state]);
            }

            session.Output.Rows(["name", "height", "when", "state"], rows);
        });
        return new Command("upgrade", "Changes of the rules that the network has scheduled.") { status, Rehearse() };
    }

    private static Command Rehearse()
    {
        var home = new Option<string?>("--home")
        {
            Description = "The node's home, whose newest snapshot saves executing everything from genesis.",
        };
        var blocks = new Option<ulong>("--blocks") { Description = "How many blocks at most.", DefaultValueFactory = _ => 100 };
        var command = new Command(
            "rehearse", "What this program makes of the node at --rpc: a copy is opened and its blocks executed again.")
        {
            home, blocks,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            string folder = Path.Combine(Path.GetTempPath(), $"depin-rehearsal-{Guid.NewGuid():n}");
            try
            {
                await session.Node.CallAsync("admin_backup", cancellation, folder);
                string number = parse.GetValue(blocks).ToString(System.Globalization.CultureInfo.InvariantCulture);
                List<string> arguments = ["upgrade", "rehearse", folder, "--blocks", number];
                if (parse.GetValue(home) is { } place) arguments.AddRange(["--home", Path.GetFullPath(place)]);
                if (session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
                int code = await SiblingProgram.RunAsync(SiblingProgram.Node, arguments);
                if (code != 0)
                    throw new CliFailure((ExitCode)code, "RehearsalFailed", "this program is not ready for the node's chain; see above");
            }
            finally
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static Command Create()
    {
        var command = new Command("create", "Copies the database of the node at --rpc, on its own machine, and signs the copy with --key.")
        {
            Folder,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            string folder = Path.GetFullPath(parse.GetValue(Folder)!); // a required argument
            using PrivateKey key = await session.KeyAsync(cancellation);
            JsonNode? answer = await session.Node.CallAsync("admin_backup", cancellation, folder);
            byte[] manifest = await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json"), cancellation);
            Signature seal = key.Sign(PersonalMessage.Hash(manifest));
            await File.WriteAllTextAsync(Path.Combine(folder, "manifest.sig"), Hex.Encode(seal.ToArray()) + "\n", cancellation);
            session.Output.Facts(
                ("backup", folder),
                ("height", TransactionFlow.Decimal(answer?["height"])),
                ("blockHash", answer?["blockHash"]?.GetValue<string>()),
                ("signedBy", key.Address.ToString()),
                ("without", "keys and signer marks"));
        });
        return command;
    }

    private static Command Passed(string group, string verb, string what, params Symbol[] parameters)
    {
        var command = new Command(verb, what);
        foreach (Symbol parameter in parameters)
        {
            if (parameter is Argument argument) command.Arguments.Add(argument);
            if (parameter is Option option) command.Options.Add(option);
        }

        command.SetAction((parse, _) =>
        {
            List<string> arguments = [group, verb];
            if (parameters.Contains(Folder)) arguments.Add(Path.GetFullPath(parse.GetValue(Folder)!)); // required, as below
            if (parameters.Contains(Home)) arguments.AddRange(["--home", Path.GetFullPath(parse.GetValue(Home)!)]);
            arguments.AddRange(parameters.OfType<Option<bool>>().Where(parse.GetValue).Select(option => option.Name));
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(SiblingProgram.Node, arguments);
        });
        return command;
    }
}
