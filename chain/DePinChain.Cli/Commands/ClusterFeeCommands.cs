using System.CommandLine;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The auction of fees that clusters took in tokens: what waits, its price in this block, buying it for DPN that burns.</summary>
internal static class ClusterFeeCommands
{
    private static readonly Argument<uint> Token = new("token") { Description = "The token's number." };

    public static Command Fees()
    {
        var command = new Command("fees", "Fees in a token that are for sale, and their price in this block.") { Token };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            ModuleGateway clusters = ModuleGateway.Of(session.Node, modules, "clusters");
            UInt256 token = parse.GetValue(Token);
            object? fees = await clusters.ValueAsync("getFees", cancellation, token);
            string price;
            try
            {
                price = (await clusters.AmountAsync("priceOfFees", cancellation, token)).ToString();
            }
            catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
            {
                price = modules.DecodeRevert(refused.RevertData).Text;
            }

            session.Output.Facts(("token", token.ToString()), ("fees", fees!.ToString()), ("price", price));
        });
        return command;
    }

    public static Command Buy()
    {
        var most = new Option<string>("--at-most") { Description = "DPN; what is above the price comes back.", Required = true };
        var command = new Command("buy-fees", "Buys all fees in a token for DPN, which is burned.") { Token, most };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway clusters = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "clusters");
            TransactionPlan plan = clusters.Plan("buyFees", Session.AmountOf(parse.GetValue(most)!), (UInt256)parse.GetValue(Token));
            await TransactionFlow.SendAsync(session, plan, "buy the fees of clusters", cancellation);
        });
        return command;
    }
}
