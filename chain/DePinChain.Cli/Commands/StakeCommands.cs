using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Delegation. Every verb is a method of the Staking module; <c>depin call staking.…</c> reaches the rest.</summary>
internal static class StakeCommands
{
    private static readonly Argument<string> Validator = new("validator") { Description = "The validator's operator address." };
    private static readonly Argument<string> AmountArgument = new("amount") { Description = "In DPN." };

    public static Command Build() => new("stake", "Delegate to validators and collect rewards.")
    {
        Validators(), Delegate(), Undelegate(), Redelegate(), Claim(), Rewards(), List(),
    };

    private static Command Validators()
    {
        var command = new Command("validators", "All validators with power, commission and status.");
        command.Runs(async (session, _, cancellation) =>
        {
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            IReadOnlyList<AbiRecord> validators = await desk.AllValidatorsAsync(cancellation);
            session.Output.Rows(
                desk.ColumnsOf("getValidators"),
                validators.Select(validator => (IReadOnlyList<JsonNode?>)validator.Values.Select(AbiValues.ToJson).ToArray()));
        });
        return command;
    }

    private static Command Delegate()
    {
        var command = new Command("delegate", "Delegates DPN to a validator.") { Validator, AmountArgument };
        command.Runs((session, parse, cancellation) =>
            SendAsync(session, "delegate", [parse.GetValue(Validator)!], Session.AmountOf(parse.GetValue(AmountArgument)!), cancellation));
        return command;
    }

    private static Command Undelegate()
    {
        var command = new Command("undelegate", "Takes shares back from a validator; they are paid out after the unbonding time.") {
            Validator, SharesArgument };
        command.Runs((session, parse, cancellation) =>
            SendAsync(session, "undelegate", [parse.GetValue(Validator)!, Shares(parse)], Amount.Zero, cancellation));
        return command;
    }

    private static readonly Argument<string> SharesArgument = new("shares")
    {
        Description = "In whole shares with decimals; one share is one DPN until a slash."
    };

    private static Command Redelegate()
    {
        var to = new Argument<string>("to") { Description = "The validator that shall have them." };
        var command = new Command("redelegate", "Moves shares from one validator to another.") { Validator, to, SharesArgument };
        command.Runs((session, parse, cancellation) =>
            SendAsync(session, "redelegate", [parse.GetValue(Validator)!, parse.GetValue(to)!, Shares(parse)], Amount.Zero, cancellation));
        return command;
    }

    private static Command Claim()
    {
        var command = new Command("claim", "Withdraws the rewards of a delegation.") { Validator };
        command.Runs((session, parse, cancellation) => SendAsync(session, "withdrawRewards", [parse.GetValue(Validator)!], Amount.Zero,
            cancellation));
        return command;
    }

    private static Command Rewards()
    {
        var account = new Argument<string>("account") { Description = "The delegator." };
        var command = new Command("rewards", "Rewards of an account that wait at each validator.") { account };
        command.Runs(async (session, parse, cancellation) =>
        {
            string delegator = Session.AddressOf(parse.GetValue(account)!).ToString();
            StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (AbiRecord validator in await desk.AllValidatorsAsync(cancellation))
            {
                string operatorAddress = validator.Address("validator").ToString();
                Amount amount = await desk.AmountAsync("pendingRewards", [delegator, operatorAddress], cancellation);
                if (amount != Amount.Zero) rows.Add([operatorAddress, amount.ToString()]);
            }

            session.Output.Rows(["validator", "rewards"], rows);
        });
        return command;
    }

    private static Command List()
    {
        var account = new Argument<string>("account") { Description = "The delegator." };
        var command = new Command("list", "Delegations and unbondings of an account.") { account };
        command.Runs(async (session, parse, cancellation) =>
        {
            string address = Session.AddressOf(parse.GetValue(account)!).ToString();
            session.Output.Json(await session.Node.CallAsync("depin_getStakingInfo", cancellation, address));
        });
        return command;
    }

    private static string Shares(ParseResult parse) => Session.AmountOf(parse.GetValue(SharesArgument)!)
        .Wei.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task SendAsync(Session session, string method, string[] arguments, Amount value, CancellationToken cancellation)
    {
        StakingDesk desk = await StakingDesk.OpenAsync(session, cancellation);
        await desk.SendAsync(method, arguments, value, [], cancellation);
    }
}
