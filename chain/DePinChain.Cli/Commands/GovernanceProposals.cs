using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary><c>gov propose</c>: a verb for each kind of proposal.</summary>
internal static class GovernanceProposals
{
    private static readonly Option<string> Title = new("--title") { Description = "1 to 140 bytes of text.", Required = true };
    private static readonly Option<string> Uri = new("--uri")
    {
        Description = "Where its reasons can be read.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> DepositOption = new("--deposit")
    {
        Description = "In DPN; all that a vote needs when left out.",
    };

    private static readonly Argument<string> ModuleName = new("module") { Description = "The module's name." };

    public static Command Build() => new("propose", "Proposes something; the deposit comes back unless it is vetoed.")
    {
        Text(), Parameter(), Spend(), Fork(), Order(),
    };

    private static Command Text()
    {
        Command command = New("text", "An opinion.");
        command.Runs((session, parse, cancellation) => SubmitAsync(session, parse, "proposeText", [], cancellation));
        return command;
    }

    private static Command Parameter()
    {
        var key = new Argument<string>("key") { Description = "The parameter." };
        var value = new Argument<string>("value") { Description = "A number, or an amount such as 2dpn." };
        Command command = New("parameter", "Another value of a governed parameter.", ModuleName, key, value);
        command.Runs((session, parse, cancellation) => SubmitAsync(
            session, parse, "proposeParameter", [parse.GetValue(ModuleName)!, parse.GetValue(key)!, NumberOf(parse.GetValue(value)!)],
            cancellation));
        return command;
    }

    private static Command Spend()
    {
        var to = new Argument<string>("to") { Description = "Who is paid." };
        var amount = new Argument<string>("amount") { Description = "In DPN; base units of another --token." };
        var token = new Option<uint>("--token") { Description = "The token's number; DPN when left out." };
        Command command = New("spend", "A payment out of the community pool.", to, amount);
        command.Add(token);
        command.Runs((session, parse, cancellation) =>
        {
            uint asset = parse.GetValue(token);
            string text = parse.GetValue(amount)!;
            UInt256 units = asset == 0 ? Session.AmountOf(text).ToUInt256() : NumberOf(text);
            return SubmitAsync(
                session, parse, "proposeSpend", [(UInt256)asset, Session.AddressOf(parse.GetValue(to)!), units], cancellation);
        });
        return command;
    }

    private static Command Fork()
    {
        var name = new Argument<string>("name") { Description = "The fork, as programs know it." };
        var height = new Argument<ulong>("height") { Description = "Its first block." };
        Command command = New("fork", "The height of a fork, for operators to write into their network's document.", name, height);
        command.Runs((session, parse, cancellation) => SubmitAsync(
            session, parse, "proposeFork", [parse.GetValue(name)!, (UInt256)parse.GetValue(height)], cancellation));
        return command;
    }

    private static Command Order()
    {
        var function = new Argument<string>("function") { Description = "A function the module keeps for governance." };
        var arguments = new Argument<string[]>("arguments") { Description = "Its arguments.", Arity = ArgumentArity.ZeroOrMore };
        Command command = New("order", "A call of a function that a module keeps for governance.", ModuleName, function, arguments);
        command.Runs(async (session, parse, cancellation) =>
        {
            string[] given = parse.GetValue(arguments) ?? [];
            PublishedModule module = CallCommand.ModuleOf(await session.ModulesAsync(cancellation), parse.GetValue(ModuleName)!);
            byte[] data = CallCommand.Calldata(CallCommand.FunctionOf(module, parse.GetValue(function)!, given.Length), given);
            await SubmitAsync(session, parse, "proposeOrder", [module.Name, data], cancellation);
        });
        return command;
    }

    private static Command New(string name, string description, params Argument[] arguments)
    {
        var command = new Command(name, description) { Title, Uri, DepositOption };
        foreach (Argument argument in arguments) command.Add(argument);
        return command;
    }

    private static async Task SubmitAsync(
        Session session, ParseResult parse, string method, object?[] asksFor, CancellationToken cancellation)
    {
        ModuleGateway governance = await GovernanceCommands.GatewayAsync(session, cancellation);
        GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
        Amount needed = rules.Amount("governance", "depositMin");
        Amount deposit = parse.GetValue(DepositOption) is { } given ? Session.AmountOf(given) : needed;
        TransactionPlan plan = governance.Plan(method, deposit, [parse.GetValue(Title)!, parse.GetValue(Uri)!, .. asksFor]);
        ulong before = await governance.CountAsync("proposalCount", cancellation);
        var facts = new List<(string Name, JsonNode? Value)>(await TransactionFlow.CarryAsync(
            session, plan, $"propose '{parse.GetValue(Title)}'",
            [
                ("deposited", $"{deposit} of {needed}"),
                ("votes", $"{rules.Count("governance", "votingBlocks")} blocks from a complete deposit on"),
                ("effect", $"{rules.Count("governance", "delayBlocks")} blocks after the vote, at an epoch's first block"),
            ],
            cancellation));
        if (await SubmittedAsync(session, governance, before, parse, cancellation) is { } id) facts.Insert(0, ("id", id));
        session.Output.Facts([.. facts]);
    }

    // Somebody else's proposal may have come in between: the youngest of this proposer with this title is ours.
    private static async Task<string?> SubmittedAsync(
        Session session, ModuleGateway governance, ulong before, ParseResult parse, CancellationToken cancellation)
    {
        if (session.IsDryRun || !session.Waits) return null;
        for (ulong id = await governance.CountAsync("proposalCount", cancellation); id > before; id--)
        {
            AbiRecord proposal = await governance.RecordAsync("proposal", cancellation, (UInt256)id);
            if (proposal.Address("proposer") == session.KeyAddress && proposal.Text("title") == parse.GetValue(Title))
                return id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return null;
    }

    private static UInt256 NumberOf(string text)
    {
        if (text.EndsWith("dpn", StringComparison.OrdinalIgnoreCase)) return Session.AmountOf(text).ToUInt256();
        return text.Length is > 0 and <= 38 && UInt128.TryParse(text, System.Globalization.NumberStyles.None, null, out UInt128 number)
            ? number
            : throw CliFailure.Usage($"'{text}' is not a number", "digits, or an amount such as 2dpn");
    }
}
