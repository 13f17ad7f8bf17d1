using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Delegation. Every verb is a method of the Staking module; <c>depin call staking.…</c> reaches the rest.</summary>
internal static class StakeCommands
{
    private const string PageSize = "100";
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
            (object?[][] rows, AbiFunction function) = await AllValidatorsAsync(session, cancellation);
            string[] columns = function.Outputs[0].Components.Select(component => component.Name).ToArray();
            session.Output.Rows(columns, rows.Select(row => (IReadOnlyList<JsonNode?>)row.Select(AbiValues.ToJson).ToArray()));
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
            (object?[][] validators, _) = await AllValidatorsAsync(session, cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (object?[] validator in validators)
            {
                string operatorAddress = validator.OfType<Address>().First().ToString();
                object?[] values = await ViewAsync(session, "pendingRewards", [delegator, operatorAddress], cancellation);
                if (values[0] is UInt256 wei && !wei.IsZero && Amount.TryFrom(wei, out Amount amount))
                    rows.Add([operatorAddress, amount.ToString()]);
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
        PublishedModule staking = CallCommand.ModuleOf(await session.ModulesAsync(cancellation), "staking");
        AbiFunction function = CallCommand.FunctionOf(staking, method, arguments.Length);
        await TransactionFlow.SendAsync(session, new TransactionPlan(staking.Address, value.ToUInt256(),
            CallCommand.Calldata(function, arguments)),
            $"staking.{method}({string.Join(", ", arguments)}) with {value}", cancellation);
    }

    private static async Task<object?[]> ViewAsync(Session session, string method, string[] arguments, CancellationToken cancellation)
    {
        PublishedModule staking = CallCommand.ModuleOf(await session.ModulesAsync(cancellation), "staking");
        AbiFunction function = CallCommand.FunctionOf(staking, method, arguments.Length);
        return await CallCommand.ViewAsync(session, staking, function, CallCommand.Calldata(function, arguments), "latest", cancellation);
    }

    /// <summary>Every validator of every status, page by page.</summary>
    private static async Task<(object?[][] Rows, AbiFunction Function)> AllValidatorsAsync(Session session, CancellationToken cancellation)
    {
        PublishedModule staking = CallCommand.ModuleOf(await session.ModulesAsync(cancellation), "staking");
        AbiFunction function = CallCommand.FunctionOf(staking, "getValidators", 3);
        var rows = new List<object?[]>();
        for (int offset = 0; ; offset += int.Parse(PageSize, System.Globalization.CultureInfo.InvariantCulture))
        {
            object?[] page = await CallCommand.ViewAsync(session, staking, function,
                CallCommand.Calldata(function, ["0", offset.ToString(System.Globalization.CultureInfo.InvariantCulture), PageSize]),
                    "latest", cancellation);
            object?[] items = page[0] as object?[] ?? [];
            rows.AddRange(items.OfType<object?[]>());
            if (items.Length < 100)
                return ([.. rows], function);
        }
    }
}
