using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Compliance;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Credentials: saying something about an account, presenting it, asking for it, screening by a list.</summary>
internal static class CredentialCommands
{
    private static readonly Argument<string> Schema = new("schema") { Description = "A name of what is attested, or its keccak as 0x…." };
    private static readonly Argument<string> Subject = new("subject") { Description = "The account." };
    private static readonly Argument<string> List = new("list") { Description = "The list's name." };
    private static readonly Argument<FileInfo> File = new("file") { Description = "The listed addresses, one a line." };

    public static Command Build() => new(
        "credentials", "Tools for those who must know whom they deal with. No personal data goes on the chain.")
    {
        Register(), Attest(), Revoke(), Present(), Policy(), Commit(), Screen(), Clear(), Status(),
    };

    private static Command Register()
    {
        var name = new Argument<string>("name") { Description = "1 to 64 bytes." };
        var uri = new Option<string>("--uri") { Description = "Where the issuer's rules are read.", DefaultValueFactory = static _ => "" };
        var command = new Command("register", "Attest from now on under a name.") { name, uri };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "register an issuer", [], "registerIssuer", cancellation, parse.GetValue(name)!, parse.GetValue(uri)!));
        return command;
    }

    private static Command Attest()
    {
        var claims = new Option<string[]>("--claim") { Description = "name=value; each is shown or kept by its holder.", Required = true };
        var days = new Option<int>("--days") { Description = "For how long it holds.", DefaultValueFactory = static _ => 365 };
        var command = new Command(
            "attest", "Say something about an account. Prints each claim with its salt and branch, which its holder keeps and shows.")
        {
            Subject, Schema, claims, days,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            if (parse.GetValue(days) is < 1 or > 36_500) throw CliFailure.Usage("--days takes 1 to 36500");
            (string Name, string Value, Hash256 Salt)[] said = [.. parse.GetValue(claims)!.Select(ClaimOf)];
            ClaimTree tree = new([.. said.Select(static claim => ClaimTree.LeafOf(claim.Name, claim.Value, claim.Salt))]);
            JsonNode? head = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, "latest", false);
            UInt256 expires = JsonQuantity.OrZero(head?["timestamp"]) + ((UInt256)(ulong)parse.GetValue(days) * (UInt256)86_400UL);
            var notes = new JsonArray();
            for (int i = 0; i < said.Length; i++)
            {
                notes.Add(new JsonObject
                {
                    ["name"] = said[i].Name,
                    ["value"] = said[i].Value,
                    ["salt"] = said[i].Salt.ToString(),
                    ["branch"] = new JsonArray([.. tree.BranchOf(i).Select(static hash => (JsonNode?)hash.ToString())]),
                });
            }

            await SendAsync(
                session, "attest", [("root", tree.Root.ToString()), ("expiresAt", expires.ToString()), ("claims", notes)], "attest",
                cancellation, Session.AddressOf(parse.GetValue(Subject)!), HashOf(parse.GetValue(Schema)!), tree.Root.ToArray(), expires);
        });
        return command;
    }

    private static Command Revoke()
    {
        var command = new Command("revoke", "Take back what --key said about an account.") { Subject, Schema };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "revoke", [], "revoke", cancellation, Session.AddressOf(parse.GetValue(Subject)!), HashOf(parse.GetValue(Schema)!)));
        return command;
    }

    private static Command Present()
    {
        var issuer = new Argument<string>("issuer") { Description = "Who said it." };
        var command = new Command("present", "Present to markets what an issuer says about --key.") { issuer, Schema };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "present", [], "present", cancellation, Session.AddressOf(parse.GetValue(issuer)!), HashOf(parse.GetValue(Schema)!)));
        return command;
    }

    private static Command Policy()
    {
        var text = new Argument<string>("text") { Description = "The policy in words; its keccak goes on the chain." };
        var schemas = new Option<string[]>("--schema") { Description = "Must be attested; none asks nothing." };
        var issuers = new Option<string[]>("--issuer") { Description = "By one of these; by any that governance lists without." };
        var command = new Command(
            "policy", "Say what --key asks of those it deals with. A provider names it: depin provider storage ask, provider compute ask.")
        {
            text, schemas, issuers,
        };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "set a policy", [], "setPolicy", cancellation, Keccak256.Hash(Encoding.UTF8.GetBytes(parse.GetValue(text)!)).ToArray(),
            (parse.GetValue(schemas) ?? []).Select(static schema => (object?)HashOf(schema)).ToArray(),
            (parse.GetValue(issuers) ?? []).Select(static issuer => (object?)Session.AddressOf(issuer)).ToArray()));
        return command;
    }

    private static Command Commit()
    {
        var version = new Option<ulong?>("--list-version") { Description = "Its number; the next one without." };
        var command = new Command("commit", "Publish the state of a screening list: a root, not the list.") { List, File, version };
        command.Runs(async (session, parse, cancellation) =>
        {
            ScreeningList list = ReadFile(parse.GetValue(File)!);
            byte[] name = HashOf(parse.GetValue(List)!);
            ModuleGateway module = await GatewayAsync(session, cancellation);
            AbiRecord known = await module.RecordAsync("listOf", cancellation, session.KeyAddress, name);
            ulong next = parse.GetValue(version) ?? known.Count("version") + 1;
            await SendAsync(
                session, "commit to a list", [("addresses", list.Count), ("root", list.Root.ToString()), ("version", Text(next))],
                "commitList", cancellation, name, list.Root.ToArray(), (UInt256)next);
        });
        return command;
    }

    private static Command Screen()
    {
        var publisher = new Argument<string>("publisher") { Description = "Who keeps the list; 0x0000… ends it." };
        var command = new Command("screen", "Also ask those --key deals with to be shown clear of a list.") { publisher, List };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "screen by a list", [], "setScreen", cancellation, Session.AddressOf(parse.GetValue(publisher)!),
            HashOf(parse.GetValue(List)!)));
        return command;
    }

    private static Command Clear()
    {
        var publisher = new Argument<string>("publisher") { Description = "Who keeps the list." };
        var command = new Command("clear", "Show that an account is not on the last version of a list.") { publisher, List, File, Subject };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address subject = Session.AddressOf(parse.GetValue(Subject)!);
            ListGap gap = ReadFile(parse.GetValue(File)!).FindGap(subject)
                ?? throw new CliFailure(ExitCode.RejectedByChain, "Listed", $"{subject} is on the list");
            await SendAsync(
                session, "show an account clear", [], "showCleared", cancellation, Session.AddressOf(parse.GetValue(publisher)!),
                HashOf(parse.GetValue(List)!), subject, gap.Low, gap.High,
                gap.Branch.Select(static hash => (object?)hash.ToArray()).ToArray());
        });
        return command;
    }

    private static Command Status()
    {
        var client = new Option<string?>("--client") { Description = "Whether this account would be admitted." };
        var command = new Command("status", "What an account asks of those it deals with.") { Subject, client };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address account = Session.AddressOf(parse.GetValue(Subject)!);
            ModuleGateway module = await GatewayAsync(session, cancellation);
            AbiRecord policy = await module.RecordAsync("policyOf", cancellation, account);
            AbiRecord screen = await module.RecordAsync("screenOf", cancellation, account);
            List<(string, JsonNode?)> facts =
            [
                ("account", account.ToString()), ("policy", policy.Hash("policyHash").ToString()),
                ("schemas", AbiValues.ToJson(policy["schemas"])), ("issuers", AbiValues.ToJson(policy["issuers"])),
                ("screensBy", screen.Address("publisher").IsZero ? null : $"{screen.Address("publisher")} {screen.Hash("name")}"),
            ];
            if (parse.GetValue(client) is { } who)
                facts.Add(("admits", (bool)(await module.ValueAsync("admits", cancellation, account, Session.AddressOf(who)))!));
            session.Output.Facts([.. facts]);
        });
        return command;
    }

    private static async Task SendAsync(
        Session session, string what, IReadOnlyList<(string, JsonNode?)> effects, string method, CancellationToken cancellation,
        params object?[] arguments) => await TransactionFlow.SendAsync(
            session, (await GatewayAsync(session, cancellation)).Plan(method, Amount.Zero, arguments), what, effects, cancellation);

    private static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "credentials");

    // Salts keep what is not shown from being guessed.
    private static (string Name, string Value, Hash256 Salt) ClaimOf(string text)
    {
        string[] parts = text.Split('=', 2);
        return parts.Length == 2 && parts[0].Length > 0
            ? (parts[0], parts[1], new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size)))
            : throw CliFailure.Usage($"'{text}' is not name=value", "for example --claim country=DE");
    }

    private static byte[] HashOf(string text) => text.StartsWith("0x", StringComparison.Ordinal) && text.Length == 2 + (2 * Hash256.Size)
        ? Hash256.Parse(text).ToArray()
        : Keccak256.Hash(Encoding.UTF8.GetBytes(text)).ToArray();

    private static ScreeningList ReadFile(FileInfo file) => file.Exists
        ? ScreeningList.Read(System.IO.File.ReadAllText(file.FullName))
        : throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
