using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Many devices at once: offering them, booking them, and what becomes of a booking.</summary>
internal static class ClusterCommands
{
    private static readonly Argument<ulong> Cluster = new("cluster") { Description = "The cluster's number." };
    private static readonly Argument<string> Device = new("device") { Description = "The device's number, 32 bytes in hex." };
    private static readonly string[] Kinds = ["ray", "kubernetes", "bare"];
    private static readonly string[] States = ["unknown", "reserved", "running", "closing", "closed", "aborting", "aborted"];
    private static readonly string[] MemberStates = ["left", "waiting", "ready", "spare", "ready spare"];

    private static readonly Option<uint> Token = new("--token") { Description = "A token's number; 0 for DPN." };
    private static readonly Option<uint> Hours = new("--hours") { Description = "For how long.", DefaultValueFactory = _ => 1 };

    public static Command Build() => new("cluster", "Book many devices at once or none; see them start, fail, be replaced and be paid.")
    {
        Book(), List(), Show(), Start(), Close(), Extend(), Report(), Offer(), Withdraw(), Offers(), Alive(), Decline(),
        ClusterFeeCommands.Fees(), ClusterFeeCommands.Buy(),
    };

    private static Command Book()
    {
        var devices = new Option<ushort>("--devices") { Description = "How many devices, 1 to 256.", Required = true };
        var model = new Option<uint>("--model") { Description = "The registered number of their GPUs' model.", Required = true };
        var gpus = new Option<ushort>("--gpus") { Description = "GPUs of each device.", DefaultValueFactory = _ => 1 };
        var regions = new Option<ushort[]>("--region")
        {
            Description = "Countries, ISO 3166 numeric.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var vram = new Option<uint>("--vram") { Description = "Least memory of each GPU in MiB." };
        var tier = new Option<byte>("--tier") { Description = "Least connection: 0 any, 1 from 100/75, 2 from 400/300, 3 from 1600/1200." };
        var rtt = new Option<ushort>("--max-rtt") { Description = "Longest round trip between regions in ms; 0 for any." };
        var most = new Option<string>("--max-hourly") { Description = "The most that all may cost an hour.", Required = true };
        var kind = new Option<string>("--kind") { Description = "ray, kubernetes or bare.", DefaultValueFactory = _ => "bare" };
        var quorum = new Option<ushort>("--quorum") { Description = "With fewer members you pay by the block when you close; 0 for all." };
        var manifest = new Option<FileInfo?>("--manifest") { Description = "What to run; its hash goes on the chain." };
        var command = new Command("book", "Books devices and spares for --key: all of them, or nothing and no cost.")
        {
            devices, model, gpus, regions, vram, tier, rtt, Hours, most, Token, kind, quorum, manifest,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = await GatewayAsync(session, cancellation);
            int runs = Array.IndexOf(Kinds, parse.GetValue(kind));
            if (runs < 0) throw CliFailure.Usage($"'{parse.GetValue(kind)}' is no kind", string.Join(", ", Kinds));
            uint token = parse.GetValue(Token);
            UInt256 hourly = await BaseUnitsAsync(session, token, parse.GetValue(most)!, cancellation);
            UInt256 hours = parse.GetValue(Hours);
            ushort[] asked = parse.GetValue(regions)!;
            object?[] request =
            [
                (UInt256)parse.GetValue(model), (UInt256)parse.GetValue(gpus), (UInt256)parse.GetValue(devices),
                asked.Select(static region => (object?)(UInt256)region).ToArray(),
                asked.Select(static _ => (object?)new byte[Hash256.Size]).ToArray(),
                (UInt256)parse.GetValue(vram), (UInt256)parse.GetValue(tier), (UInt256)parse.GetValue(rtt),
            ];
            AbiRecord cost = await clusters.RecordAsync("getCost", cancellation, hourly, hours, (UInt256)token);
            Amount value = token == 0 ? cost.Amount("hours") + cost.Amount("reservation") : Amount.Zero;
            FileInfo? file = parse.GetValue(manifest);
            byte[] hash = file is null ? new byte[Hash256.Size]
                : Keccak256.Hash(await File.ReadAllBytesAsync(file.FullName, cancellation)).ToArray();
            TransactionPlan plan = clusters.Plan(
                "bookCluster", value, request, (UInt256)(ulong)runs, hours, hourly, (UInt256)token, (UInt256)parse.GetValue(quorum), hash);
            await TransactionFlow.SendAsync(
                session, plan, $"book {parse.GetValue(devices)} devices",
                [("atMost", $"{AbiValues.Format(hourly)} base units an hour; what is too much comes back")], cancellation);
        });
        return command;
    }

    private static Command List()
    {
        var mine = new Option<bool>("--mine") { Description = "Only those that --key booked." };
        var command = new Command("list", "The last 100 clusters, newest first.") { mine };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = await GatewayAsync(session, cancellation);
            ulong count = await clusters.CountAsync("clusterCount", cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong id = count; id > 0 && count - id < 100; id--)
            {
                AbiRecord cluster = await clusters.RecordAsync("getCluster", cancellation, (UInt256)id);
                if (parse.GetValue(mine) && cluster.Address("renter") != session.KeyAddress) continue;
                rows.Add(
                [
                    Text(id), cluster.Address("renter").ToString(), States[cluster.Count("state")],
                    $"{cluster.Count("ready")}/{cluster.Count("devices")}", Text(cluster.Count("hours")), Text(cluster.Count("endsAt")),
                    AbiValues.ToJson(cluster["hourly"]), Text(cluster.Count("token")),
                ]);
            }

            session.Output.Rows(["cluster", "renter", "state", "ready", "hours", "endsAt", "hourly", "token"], rows);
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "A cluster's members in the order of their prices; the first is the head node.") { Cluster };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = await GatewayAsync(session, cancellation);
            UInt256 id = parse.GetValue(Cluster);
            AbiRecord cluster = await clusters.RecordAsync("getCluster", cancellation, id);
            IReadOnlyList<AbiParameter> fields =
                clusters.Module.Abi.Functions.First(function => function.Name == "getMembers").Outputs[0].Components;
            var members = new JsonArray();
            for (uint start = 0; ; start += 100)
            {
                object?[] page = (object?[])(await clusters.ValueAsync("getMembers", cancellation, id, (UInt256)start, (UInt256)100u))!;
                foreach (AbiRecord member in page.Select(one => new AbiRecord(fields, (object?[])one!)))
                {
                    members.Add((JsonNode)new JsonObject
                    {
                        ["device"] = member.Hash("device").ToString(),
                        ["state"] = MemberStates[member.Count("state")],
                        ["hourly"] = AbiValues.ToJson(member["hourly"]),
                        ["heardAt"] = Text(member.Count("heardAt")),
                    });
                }

                if (page.Length < 100) break;
            }

            session.Output.Facts(
                ("cluster", Text(parse.GetValue(Cluster))), ("renter", cluster.Address("renter").ToString()),
                ("kind", Kinds[cluster.Count("kind")]), ("state", States[cluster.Count("state")]),
                ("ready", $"{cluster.Count("ready")} of {cluster.Count("devices")}"), ("deadline", Text(cluster.Count("deadline"))),
                ("startedAt", Text(cluster.Count("startedAt"))), ("endsAt", Text(cluster.Count("endsAt"))),
                ("hourly", AbiValues.ToJson(cluster["hourly"])), ("paid", AbiValues.ToJson(cluster["held"])),
                ("earned", AbiValues.ToJson(cluster["spent"])), ("members", members));
        });
        return command;
    }

    private static Command Start()
    {
        Option<string> key = HashOption("--wireguard", "The device's public key.");
        Option<string> endpoint = HashOption("--endpoint-hash", "Hash of where it listens.");
        var command = new Command("start", "Says that a device of --key is ready; with the last one the cluster starts.")
        {
            Cluster, Device, key, endpoint,
        };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "ackCluster", Amount.Zero, "acknowledge", cancellation, (UInt256)parse.GetValue(Cluster),
            HashOf(parse.GetValue(Device)!), HashOf(parse.GetValue(key)!), HashOf(parse.GetValue(endpoint)!)));
        return command;
    }

    private static Command Close()
    {
        var command = new Command("close", "Ends a running cluster of --key; unused hours come back.") { Cluster };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "closeCluster", Amount.Zero, "close", cancellation, (UInt256)parse.GetValue(Cluster)));
        return command;
    }

    private static Command Extend()
    {
        var command = new Command("extend", "Books a running cluster of --key for longer.") { Cluster, Hours };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = await GatewayAsync(session, cancellation);
            UInt256 id = parse.GetValue(Cluster), hours = parse.GetValue(Hours);
            AbiRecord cluster = await clusters.RecordAsync("getCluster", cancellation, id);
            AbiRecord cost = await clusters.RecordAsync("getCost", cancellation, cluster["hourly"], hours, cluster["token"]);
            Amount value = cluster.Count("token") == 0 ? cost.Amount("hours") + cost.Amount("reservation") : Amount.Zero;
            await TransactionFlow.SendAsync(session, clusters.Plan("extendCluster", value, id, hours), "extend", cancellation);
        });
        return command;
    }

    private static Command Report()
    {
        var fault = new Option<byte>("--fault") { Description = "What is wrong, in your own numbers." };
        var command = new Command("report", "Sends a member away that is of no use; it has the running hour.") { Cluster, Device, fault };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "reportDevice", Amount.Zero, "send a device away", cancellation, (UInt256)parse.GetValue(Cluster),
            HashOf(parse.GetValue(Device)!), (UInt256)parse.GetValue(fault), new byte[Hash256.Size]));
        return command;
    }

    private static Command Offer()
    {
        var price = new Argument<string>("price") { Description = "An hour, for all its GPUs." };
        var most = new Option<uint>("--max-hours") { Description = "The longest cluster.", DefaultValueFactory = _ => 168 };
        Option<string> after = HashOption("--after", "A device that is offered no dearer: its place is looked for from there.");
        var command = new Command("offer", "Consents that a device of --key is taken into clusters at a price.")
        {
            Device, price, Token, most, after,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            uint token = parse.GetValue(Token);
            UInt256 units = await BaseUnitsAsync(session, token, parse.GetValue(price)!, cancellation);
            await SendAsync(
                session, "offerDevice", Amount.Zero, "offer a device", cancellation, HashOf(parse.GetValue(Device)!), units, (UInt256)token,
                (UInt256)parse.GetValue(most), HashOf(parse.GetValue(after)!));
        });
        return command;
    }

    private static Command Withdraw()
    {
        var command = new Command("withdraw", "Ends the consent for a device of --key; a cluster that has it keeps it.") { Device };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "withdrawOffer", Amount.Zero, "withdraw an offer", cancellation, HashOf(parse.GetValue(Device)!)));
        return command;
    }

    private static Command Offers()
    {
        var model = new Option<uint>("--model") { Description = "The registered number of the GPUs' model.", Required = true };
        var region = new Option<ushort>("--region") { Description = "ISO 3166 numeric.", Required = true };
        var command = new Command("offers", "Devices that are offered in a region, the cheapest first.") { model, region, Token };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = await GatewayAsync(session, cancellation);
            object?[] offered = (object?[])(await clusters.ValueAsync(
                "getOffers", cancellation, (UInt256)parse.GetValue(model), (UInt256)parse.GetValue(region), (UInt256)parse.GetValue(Token),
                new byte[Hash256.Size], (UInt256)100u))!;
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (byte[] device in offered.Cast<byte[]>())
            {
                AbiRecord offer = await clusters.RecordAsync("getOffer", cancellation, device);
                rows.Add(
                [
                    Hex.Encode(device), offer.Address("owner").ToString(), AbiValues.ToJson(offer["price"]), Text(offer.Count("maxHours")),
                ]);
            }

            session.Output.Rows(["device", "owner", "price", "maxHours"], rows);
        });
        return command;
    }

    private static Command Alive()
    {
        var devices = new Argument<string[]>("devices") { Description = "Their numbers.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("alive", "Gives a sign of life of devices of --key.") { devices };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "heartbeat", Amount.Zero, "sign of life", cancellation,
            new object?[] { parse.GetValue(devices)!.Select(static one => (object?)HashOf(one)).ToArray() }));
        return command;
    }

    private static Command Decline()
    {
        var command = new Command("decline", "Takes a device of --key out of a cluster.") { Cluster, Device };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "declineCluster", Amount.Zero, "decline", cancellation, (UInt256)parse.GetValue(Cluster),
            HashOf(parse.GetValue(Device)!)));
        return command;
    }

    private static async Task SendAsync(
        Session session, string method, Amount value, string what, CancellationToken cancellation, params object?[] arguments)
    {
        ModuleGateway clusters = await GatewayAsync(session, cancellation);
        await TransactionFlow.SendAsync(session, clusters.Plan(method, value, arguments), what, cancellation);
    }

    private static Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        GatewayAsync(session, "clusters", cancellation);

    private static async Task<ModuleGateway> GatewayAsync(Session session, string module, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), module);

    private static async Task<UInt256> BaseUnitsAsync(Session session, uint token, string text, CancellationToken cancellation)
    {
        if (token == 0) return Session.AmountOf(text).ToUInt256();
        ModuleGateway tokens = await GatewayAsync(session, "tokens", cancellation);
        ulong decimals = (await tokens.RecordAsync("token", cancellation, (UInt256)token)).Count("decimals");
        bool isAmount = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount);
        for (ulong i = 0; isAmount && i < decimals; i++) amount *= 10;
        if (!isAmount || amount != decimal.Truncate(amount)) throw CliFailure.Usage($"'{text}' is not an amount with {decimals} decimals");
        return UInt256.Parse(amount.ToString("0", CultureInfo.InvariantCulture));
    }

    private static Option<string> HashOption(string name, string description) =>
        new(name) { Description = description, DefaultValueFactory = static _ => Hash256.Zero.ToString() };

    private static byte[] HashOf(string text) => Hex.TryDecode(text, out byte[] bytes) && bytes.Length == Hash256.Size ? bytes
        : throw CliFailure.Usage($"'{text}' is not 32 bytes in hex", "0x and 64 hex digits");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
