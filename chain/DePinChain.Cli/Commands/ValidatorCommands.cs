using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A validator's life: what there is to see. How one joins and leaves is in the files beside this one.</summary>
internal static class ValidatorCommands
{
    private static readonly string[] StatusNames = ["any", "active", "waiting", "jailed", "tombstoned"];

    private static readonly Argument<string?> Which = new("validator")
    {
        Description = "Operator or signing address, or the name of a key; --key's own when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Build() => new("validator", "Become a validator, watch one, and stop being one. --key is the operator's.")
    {
        ValidatorEntry.Join(), ValidatorEntry.Edit(), ValidatorEntry.Unjail(), ValidatorExit.Leave(), ValidatorExit.Withdraw(),
        List(), Show(), Uptime(), ValidatorMove.Build(),
    };

    public static string StatusOf(AbiRecord validator) => StatusNames[(int)(ulong)validator.Number("status")];

    /// <summary>The operator that an address means, be it the operator's or the signing key's.</summary>
    public static async Task<string> OperatorOfAsync(StakingDesk desk, Address given, CancellationToken cancellation)
    {
        Address found = await desk.AddressAsync("operatorOf", [given.ToString()], cancellation);
        return (found.IsZero ? given : found).ToString();
    }

    private static Command List()
    {
        var command = new Command("list", "All validators, the most powerful first.");
        command.Runs(async (session, _, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            IReadOnlyList<AbiRecord> validators = await desk.AllValidatorsAsync(cancellation);
            session.Output.Rows(
                ["validator", "name", "status", "power", "tokens", "selfBond", "commission", "signer"],
                validators.OrderByDescending(validator => validator.Number("power")).ThenBy(validator => validator.Address("validator"))
                    .Select(validator => (IReadOnlyList<JsonNode?>)
                    [
                        validator.Shown("validator"), validator.Text("moniker"), StatusOf(validator), validator.Shown("power"),
                        validator.Shown("tokens"), validator.Shown("selfBond"), validator.Shown("commissionWad"), validator.Shown("signer"),
                    ]));
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "Everything about one validator.") { Which };
        command.Runs(async (session, parse, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            string validator = await OperatorAsync(session, desk, parse, cancellation);
            AbiRecord record = await desk.RecordAsync("getValidator", [validator], cancellation);
            AbiRecord signing = await desk.RecordAsync("getSigningInfo", [validator], cancellation);
            AbiRecord earnings = await desk.RecordAsync("getEarnings", [validator], cancellation);
            session.Output.Facts(
                ("validator", record.Shown("validator")),
                ("name", record.Text("moniker")),
                ("status", StatusOf(record)),
                ("power", record.Shown("power")),
                ("tokens", record.Shown("tokens")),
                ("selfBond", record.Shown("selfBond")),
                ("minSelfBond", record.Shown("minSelfBond")),
                ("commission", record.Shown("commissionWad")),
                ("maxCommission", record.Shown("maxCommissionWad")),
                ("maxDailyChange", record.Shown("maxDailyChangeWad")),
                ("signer", record.Shown("signer")),
                ("activeFromEpoch", record.Shown("activeFrom")),
                ("missed", signing.Shown("missed")),
                ("missedMax", signing.Shown("missedMax")),
                ("window", signing.Shown("window")),
                ("missedProposals", signing.Shown("missedProposals")),
                ("jailedUntil", record.Shown("jailedUntil")),
                ("tombstoned", signing.Flag("tombstoned")),
                ("commissionEarned", earnings.Shown("commission")),
                ("rewardsOutstanding", earnings.Shown("outstanding")));
        });
        return command;
    }

    private static Command Uptime()
    {
        var command = new Command("uptime", "Seals of the liveness window, for one validator or for all.") { Which };
        command.Runs(async (session, parse, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            List<(string Validator, string Name)> wanted = [];
            if (parse.GetValue(Which) is not null)
            {
                string one = await OperatorAsync(session, desk, parse, cancellation);
                wanted.Add((one, (await desk.RecordAsync("getValidator", [one], cancellation)).Text("moniker")));
            }
            else
            {
                foreach (AbiRecord record in await desk.AllValidatorsAsync(cancellation))
                    wanted.Add((record.Address("validator").ToString(), record.Text("moniker")));
            }

            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
            List<IReadOnlyList<JsonNode?>> rows = [];
            foreach ((string validator, string name) in wanted)
            {
                AbiRecord signing = await desk.RecordAsync("getSigningInfo", [validator], cancellation);
                rows.Add([validator, name, Signed(signing, head), signing.Shown("missed"), signing.Shown("missedMax"),
                    signing.Shown("missedProposals"), signing.Shown("jailedUntil")]);
            }

            session.Output.Rows(["validator", "name", "signed", "missed", "missedMax", "missedProposals", "jailedUntil"], rows);
        });
        return command;
    }

    private static async Task<string> OperatorAsync(
        Session session, StakingDesk desk, ParseResult parse, CancellationToken cancellation)
    {
        Address given = parse.GetValue(Which) is { } text ? Session.AddressOf(text) : session.KeyAddress;
        return await OperatorOfAsync(desk, given, cancellation);
    }

    // Over the blocks that are counted so far, which are fewer than the window in a young network.
    private static string Signed(AbiRecord signing, ulong head)
    {
        ulong since = (ulong)signing.Number("since");
        ulong counted = Math.Min((ulong)signing.Number("window"), head > since ? head - since : 0);
        if (counted == 0) return "-";
        ulong missed = Math.Min(counted, (ulong)signing.Number("missed"));
        return ((decimal)(counted - missed) * 100 / counted).ToString("0.00", CultureInfo.InvariantCulture) + "%";
    }
}
