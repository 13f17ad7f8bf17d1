using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Taking a validator's hot keys to another machine without ever having two that may sign.</summary>
/// <remarks>
/// The old machine writes down what it signed and locks itself for good; the code it prints is the proof that it did. Without the code
/// the new machine waits and watches that nobody signs. The key file itself is carried by hand.
/// </remarks>
internal static class ValidatorMove
{
    private const string Signer = "DePinChain.Signer";
    private const ulong WaitBlocksMin = 50;
    private const int CodeBytes = 5;

    private static readonly Option<string> Home = new("--home") { Description = "The signer's or node's home.", Required = true };

    private static readonly Option<string> Marks = new("--file") { Description = "The interchange file.", Required = true };

    public static Command Build() => new("move", "Takes a validator's keys to another machine: export there, import here.")
    {
        Export(), Import(),
    };

    private static Command Export()
    {
        var command = new Command("export", "On the old machine, stopped: writes what was signed, and never signs again.") { Home, Marks };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            string home = Path.GetFullPath(parse.GetValue(Home)!), file = Path.GetFullPath(parse.GetValue(Marks)!); // both required
            int code = await SiblingProgram.RunAsync(Signer, ["export", "--home", home, "--file", file, "--json"]);
            if (code != (int)ExitCode.Ok) return code;

            // A mark at the end of all heights: whoever starts this home again follows without a vote.
            string last = long.MaxValue.ToString(CultureInfo.InvariantCulture);
            code = await SiblingProgram.RunAsync(Signer, ["reset", "--home", home, "--min-height", last, "--i-know", "--json"]);
            if (code != (int)ExitCode.Ok) return code;
            session.Output.Facts(
                ("file", file),
                ("code", CodeOf(file)),
                ("locked", home),
                ("next", "carry the file and signer.key to the new machine, then: depin validator move import --code CODE"));
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static Command Import()
    {
        var given = new Option<string?>("--code") { Description = "What export printed on the old machine." };
        var wait = new Option<ulong?>("--wait-blocks")
        {
            Description = "Without the code: watch this many blocks, at least 50, and see that nobody signs with the key.",
        };
        var command = new Command("import", "On the new machine: takes over what the old one signed, once that is known to be silent.")
        {
            Home, Marks, given, wait,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            using var session = new Session(parse);
            string home = Path.GetFullPath(parse.GetValue(Home)!), file = Path.GetFullPath(parse.GetValue(Marks)!); // both required
            if (parse.GetValue(given) is { } code) RequireCode(file, code);
            else await WatchAsync(session, home, parse.GetValue(wait), cancellation);
            return await SiblingProgram.RunAsync(Signer, ["import", "--home", home, "--file", file, "--json"]);
        });
        return command;
    }

    private static void RequireCode(string file, string given)
    {
        if (string.Equals(CodeOf(file), given, StringComparison.OrdinalIgnoreCase)) return;
        throw new CliFailure(ExitCode.RefusedForSafety, "WrongCode", $"{given} is not the code of {file}")
        {
            Hint = "use the file and the code of one export; without them: --wait-blocks 50",
        };
    }

    private static async Task WatchAsync(Session session, string home, ulong? wait, CancellationToken cancellation)
    {
        if (wait is not { } blocks || blocks < WaitBlocksMin)
        {
            throw new CliFailure(ExitCode.RefusedForSafety, "OldMachineUnknown", "nothing says that the old machine has stopped signing")
            {
                Needed = $"--code CODE, or --wait-blocks of at least {WaitBlocksMin}",
                Hint = "depin validator move export on the old machine prints the code",
            };
        }

        (PrivateKey signing, PrivateKey vrf) = HotKeys.Read(home);
        using PrivateKey key = signing, other = vrf;
        ulong from = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
        for (ulong height = from; height < from + blocks;)
        {
            if ((ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation) <= height + 1)
            {
                await Task.Delay(200, cancellation);
                continue;
            }

            height++;
            if (!await HasSignedAsync(session, key.Address, height, cancellation)) continue;
            throw new CliFailure(ExitCode.RefusedForSafety, "OldMachineSigns", $"{key.Address} signed block {height}: the old machine runs")
            {
                Hint = "stop it, and export there",
            };
        }
    }

    private static async Task<bool> HasSignedAsync(Session session, Address signer, ulong height, CancellationToken cancellation)
    {
        JsonNode? light = await session.Node.CallAsync("depin_getLightBlock", cancellation, ((UInt256)height).ToHex());
        var validators = light?["validators"] as JsonArray ?? [];
        byte[] bitmap = Hex.Decode(light?["commit"]?["bitmap"]?.GetValue<string>() ?? "0x");
        for (int index = 0; index < validators.Count; index++)
        {
            bool isOurs = Address.Parse(validators[index]!["address"]!.GetValue<string>()) == signer;
            if (isOurs && (bitmap[index / 8] & (1 << (index % 8))) != 0) return true;
        }

        return false;
    }

    private static string CodeOf(string file) => Hex.Encode(SHA256.HashData(File.ReadAllBytes(file)).AsSpan(0, CodeBytes), prefix: false);
}
