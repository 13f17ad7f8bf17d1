using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What a DPN is worth: the price, who says what, and the verbs of those who report.</summary>
internal static class OracleCommands
{
    private const ulong Dollar = 1_000_000_000;

    // Twice what a first report takes.
    private const ulong ReportGas = 200_000;

    public static Command Build() => new("oracle", "The price of a DPN in US dollars: what validators agreed on, and how they report.")
    {
        Price(), Reports(), Report(), Reporter(),
    };

    private static Command Price()
    {
        var command = new Command("price", "The price, its average, and how the last round came to it.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway oracle = await GatewayAsync(session, cancellation);
            AbiRecord quote = await oracle.RecordAsync("getPrice", cancellation);
            AbiRecord round = await oracle.RecordAsync("lastRound", cancellation);
            session.Output.Facts(
                ("price", Dollars(quote.Count("spot"))),
                ("average", Dollars(quote.Count("average"))),
                ("fresh", quote.Flag("isFresh")),
                ("updatedAt", Text(quote.Count("updatedAt"))),
                ("round", Text(round.Count("round"))),
                ("reports", Text(round.Count("reports"))),
                ("stakeReported", $"{round.Amount("stakeReported")} of {round.Amount("stakeTotal")}"),
                ("median", Dollars(round.Count("median"))));
        });
        return command;
    }

    private static Command Reports()
    {
        var command = new Command("reports", "What each validator says in the running round.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway oracle = await GatewayAsync(session, cancellation);
            object? answer = await oracle.ValueAsync("roundReports", cancellation);
            IReadOnlyList<AbiParameter> fields =
                oracle.Module.Abi.Functions.First(function => function.Name == "roundReports").Outputs[0].Components;
            session.Output.Rows(
                ["validator", "stake", "price"],
                ((object?[])answer!).Select(seat => new AbiRecord(fields, (object?[])seat!)).Select(seat => (IReadOnlyList<JsonNode?>)
                [
                    seat.Address("validator").ToString(), seat.Amount("stake").ToString(),
                    seat.Count("price") == 0 ? "-" : Dollars(seat.Count("price")),
                ]));
        });
        return command;
    }

    private static Command Report()
    {
        var price = new Argument<string>("price") { Description = "US dollars for one DPN, with at most 9 decimals." };
        var command = new Command("report", "Reports a price for the validator of --key, once a round.") { price };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway oracle = await GatewayAsync(session, cancellation);
            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);

            // The transaction runs in the next block at the earliest. An estimate runs in the last one: where a round begins in between, it
            // would be refused for a round that has not begun.
            ulong next = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation) + 1;
            ulong blocks = rules.Count("oracle", "reportBlocks"), round = next / blocks;
            ulong nano = NanoDollars(parse.GetValue(price)!);
            TransactionPlan plan = oracle.Plan("report", Amount.Zero, (UInt256)round, (UInt256)nano);
            await TransactionFlow.SendAsync(
                session, next % blocks == 0 ? plan with { GasLimit = ReportGas } : plan, $"report {Dollars(nano)}",
                [("round", Text(round))], cancellation);
        });
        return command;
    }

    private static Command Reporter()
    {
        var account = new Argument<string>("account") { Description = "Who reports for the validator of --key; 0x0 … 0 for nobody else." };
        var command = new Command("reporter", "Lets another account report, so that the operator's key can stay away.") { account };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway oracle = await GatewayAsync(session, cancellation);
            Address reporter = Session.AddressOf(parse.GetValue(account)!);
            await TransactionFlow.SendAsync(
                session, oracle.Plan("setReporter", Amount.Zero, reporter), $"let {reporter} report", cancellation);
        });
        return command;
    }

    private static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "oracle");

    private static ulong NanoDollars(string text)
    {
        bool isPrice = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal dollars)
            && dollars is > 0 and <= 1_000_000_000 && decimal.Truncate(dollars * Dollar) == dollars * Dollar;
        if (!isPrice) throw CliFailure.Usage($"'{text}' is not a price", "US dollars for one DPN with at most 9 decimals, such as 0.52");
        return (ulong)(dollars * Dollar);
    }

    private static string Dollars(ulong nano) =>
        ((decimal)nano / Dollar).ToString("0.#########", CultureInfo.InvariantCulture) + " USD";

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
