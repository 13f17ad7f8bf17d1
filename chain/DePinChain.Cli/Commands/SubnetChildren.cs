using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Child keys: the weight of stake lent to hotkeys that validate, and what they keep for it. And how subnets end.</summary>
internal static class SubnetChildren
{
    private const int ChildSize = 28;
    private const decimal TakeWhole = 65_535;

    private static readonly Argument<uint> Net = new("netuid") { Description = "The subnet's number." };

    private static readonly Option<string> Hotkey = new("--hotkey")
    {
        Description = "The hotkey of --key: an address or a key's name.",
        Required = true,
    };

    public static IEnumerable<Command> Build() => [Children(), ChildTake(), DropParent(), Dissolve(), Leave()];

    private static Command Children()
    {
        var hotkey = new Option<string?>("--hotkey") { Description = "The parent, of --key; without it all links are listed." };
        var children = new Argument<string[]>("children")
        {
            Description = "hotkey=percent of the parent's stake, at most five, as in judge=60; none takes all back.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("children", "Whose stake weighs for whom in a subnet; with --hotkey lends the weight of its stake.")
        {
            Net, hotkey, children,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            if (parse.GetValue(hotkey) is not { } parent)
            {
                IReadOnlyList<AbiRecord> links = await SubnetCommands.TuplesAsync(subnets, "kin", parse.GetValue(Net), cancellation);
                session.Output.Rows(["parent", "child", "percent"], links.Select(link => (IReadOnlyList<JsonNode?>)
                [
                    link.Address("parent").ToString(), link.Address("child").ToString(),
                    (link.Count("proportion") / (decimal)ulong.MaxValue * 100).ToString("0.####", CultureInfo.InvariantCulture),
                ]));
                return;
            }

            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
            (byte[] packed, string preview) = Read(parse.GetValue(children) ?? []);
            await TransactionFlow.SendAsync(
                session, subnets.Plan("setChildren", Amount.Zero, NetOf(parse), Session.AddressOf(parent), packed), "set children",
                [("children", preview), ("weighs", $"after {rules.Count("subnets", "childDelay")} blocks")], cancellation);
        });
        return command;
    }

    private static Command ChildTake()
    {
        var take = new Argument<decimal>("percent") { Description = "0 to 18." };
        var command = new Command("child-take", "What a hotkey keeps of dividends that parents of other owners earn by it.")
        {
            Net, Hotkey, take,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            decimal percent = parse.GetValue(take);
            if (percent is < 0 or > 100) throw CliFailure.Usage($"{percent} is no part of a hundred");
            UInt256 parts = (ulong)(percent * TakeWhole / 100);
            TransactionPlan plan = subnets.Plan("setChildTake", Amount.Zero, NetOf(parse), HotkeyOf(parse), parts);
            await TransactionFlow.SendAsync(session, plan, $"keep {percent} %", cancellation);
        });
        return command;
    }

    private static Command DropParent()
    {
        var parent = new Option<string>("--parent") { Description = "The parent: an address or a key's name.", Required = true };
        var command = new Command("drop-parent", "Lets go of a parent whose stake a hotkey does not want.") { Net, Hotkey, parent };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            Address of = Session.AddressOf(parse.GetValue(parent)!);
            await TransactionFlow.SendAsync(
                session, subnets.Plan("dropParent", Amount.Zero, NetOf(parse), HotkeyOf(parse), of), "let go of a parent", cancellation);
        });
        return command;
    }

    private static Command Dissolve()
    {
        var command = new Command("dissolve", "Ends a young subnet of --key: the lock comes back less the fee.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, NetOf(parse));
            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
            Amount locked = subnet.Amount("lock");
            Amount fee = locked.MulDiv(rules.Count("subnets", "dissolveFee"), (ulong)TakeWhole, Rounding.Down);
            Amount pending = await subnets.AmountAsync("pendingEmission", cancellation, NetOf(parse));
            await TransactionFlow.SendAsync(
                session, subnets.Plan("dissolveSubnet", Amount.Zero, NetOf(parse)), $"dissolve subnet {parse.GetValue(Net)}",
                [
                    ("back", (locked - fee).ToString()),
                    ("recycled", $"{fee} of the lock, and {pending} or more that was not paid out yet"),
                    ("places", $"{subnet.Count("uids")} hotkeys lose theirs; stake stays where it is"),
                ],
                cancellation);
        });
        return command;
    }

    private static Command Leave()
    {
        var command = new Command("leave", "Takes the deposit of the miner --key back, once nothing it answered can be audited any more.")
        {
            Net,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "inference");
            AbiRecord miner = await inference.RecordAsync("getMiner", cancellation, NetOf(parse), session.KeyAddress);
            await TransactionFlow.SendAsync(
                session, inference.Plan("leave", Amount.Zero, NetOf(parse)), $"leave subnet {parse.GetValue(Net)}",
                [("back", miner.Amount("deposit").ToString()), ("place", "stays until a newcomer needs it")], cancellation);
        });
        return command;
    }

    // Proportion of 2^64 − 1 and hotkey; percentages are exact to six decimals.
    private static (byte[] Packed, string Preview) Read(string[] children)
    {
        const long Millionths = 100_000_000;
        byte[] packed = new byte[children.Length * ChildSize];
        for (int i = 0; i < children.Length; i++)
        {
            string[] sides = children[i].Split('=');
            decimal percent = 0;
            bool isRead = sides.Length == 2
                && decimal.TryParse(sides[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent)
                && percent is > 0 and <= 100;
            if (!isRead) throw CliFailure.Usage($"'{children[i]}' is not hotkey=percent", "for example judge=60");
            ulong proportion = (ulong)((UInt128)(ulong)(percent * 1_000_000) * ulong.MaxValue / Millionths);
            BinaryPrimitives.WriteUInt64BigEndian(packed.AsSpan(i * ChildSize), proportion);
            Session.AddressOf(sides[0]).CopyTo(packed.AsSpan((i * ChildSize) + sizeof(ulong)));
        }

        return (packed, children.Length == 0 ? "none: all weight is taken back" : string.Join(", ", children));
    }

    private static Address HotkeyOf(ParseResult parse) => Session.AddressOf(parse.GetValue(Hotkey)!);

    private static UInt256 NetOf(ParseResult parse) => parse.GetValue(Net);
}
