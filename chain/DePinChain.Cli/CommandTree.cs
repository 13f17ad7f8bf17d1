using System.CommandLine;
using DePinChain.Cli.Commands;
using DePinChain.Client;
using DePinChain.Client.Files;

namespace DePinChain.Cli;

/// <summary>The tree of commands, and the one place where failures become messages and exit codes.</summary>
internal static class CommandTree
{
    public static RootCommand Build()
    {
        var root = new RootCommand("DePinChain's command line. Amounts are in DPN; an address may be 0x…, a key's name, or dev0 to " +
            "dev9 on a localnet.");
        GlobalOptions.AddTo(root);
        foreach (Command command in new[]
        {
            LocalnetCommands.Build(),
            NodeCommands.Build(),
            KeyCommands.Build(),
            AccountCommands.Build(),
            TransactionCommands.Build(),
            BlockCommands.Build(),
            LogCommands.Build(),
            CallCommand.Build(),
            StakeCommands.Build(),
            ValidatorCommands.Build(),
            SignerCommands.Build(),
            StorageCommands.Build(),
            ComputeCommands.Build(),
            RenderCommands.Build(),
            SubnetCommands.Build(),
            InferenceCommands.Build(),
            ClusterCommands.Build(),
            OracleCommands.Build(),
            GovernanceCommands.Build(),
            CredentialCommands.Build(),
            ProviderCommands.Build(),
            GenesisCommands.Build(),
            WorkerCommands.Build(),
            SnapshotCommands.Build(),
            MaintenanceCommands.Backup(),
            MaintenanceCommands.Database(),
            MaintenanceCommands.Upgrade(),
            VerifyCommands.Build(),
            RelayCommands.Build(),
            ForensicsCommand.Build(),
            ExportCommands.Build(),
            ModuleCommands.Build(),
            ExplainCommand.Build(),
            SimulationCommands.Build(),
            CompletionCommand.Build(),
        })
            root.Subcommands.Add(command);
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parse = Build().Parse(args);
        if (parse.Errors.Count > 0 && parse.Action is not System.CommandLine.Help.HelpAction && !IsSuggestion(args))
        {
            string command = string.Join(' ', parse.CommandResult.Command.Parents.OfType<Command>().Append(parse.CommandResult.Command)
                .Select(part => part.Name));
            Output.Error(CliFailure.Usage(parse.Errors[^1].Message, $"{command} --help"),
                args.Contains("--json") ? OutputFormat.Json : null);
            return (int)ExitCode.Usage;
        }

        OutputFormat? format = parse.Errors.Count == 0 ? GlobalOptions.ChosenFormat(parse) : null;
        try
        {
            int code = await parse.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null
            });
            return code;
        }
        catch (Exception exception) when (Describe(exception) is { } failure)
        {
            Output.Error(failure, format);
            return (int)failure.ExitCode;
        }
    }

    /// <summary>An action that runs in a session of its own.</summary>
    public static void Runs(this Command command, Func<Session, ParseResult, CancellationToken, Task> action) =>
        command.SetAction(async (parse, cancellation) =>
        {
            using var session = new Session(parse);
            try
            {
                await action(session, parse, cancellation);
                return (int)ExitCode.Ok;
            }
            catch (NodeRefusedException exception) when (exception.RevertData.Length > 0)
            {
                ModuleDirectory modules = await session.ModulesAsync(cancellation);
                throw Refusals.OfRevert(modules.DecodeRevert(exception.RevertData), transaction: null);
            }
        });

    private static bool IsSuggestion(string[] args) => args.Length > 0 && args[0].StartsWith("[suggest", StringComparison.Ordinal);

    private static CliFailure? Describe(Exception exception) => exception switch
    {
        CliFailure failure => failure,
        NodeUnreachableException unreachable => new CliFailure(ExitCode.Unreachable, "NodeUnreachable", unreachable.Message)
        {
            Hint = "start a localnet with 'depin localnet start', or name another node with --rpc URL",
        },
        NodeRefusedException refused => Refusals.OfNode(refused),
        OtherAbiException other => new CliFailure(ExitCode.RejectedByChain, "OtherModules", other.Message),
        ProviderUnreachableException unreachable => new CliFailure(ExitCode.Unreachable, "ProviderUnreachable", unreachable.Message),
        ProviderRefusedException refused => Refusals.OfProvider(refused),
        WrongChunkException wrong => new CliFailure(ExitCode.RejectedByChain, "WrongChunk", wrong.Message),
        WrongFileKeyException wrong => CliFailure.LocalState("WrongFileKey", wrong.Message, "name the key it was stored with: --key NAME"),
        ReceiptTimeoutException timeout => new CliFailure(ExitCode.Timeout, "ReceiptTimeout", timeout.Message)
        {
            Transaction = timeout.TransactionHash,
            Hint = $"look again with: depin tx wait {timeout.TransactionHash}",
        },
        FormatException format => CliFailure.Usage(format.Message),
        OperationCanceledException => new CliFailure(ExitCode.Timeout, "Cancelled", "stopped before it was done"),
        IOException or UnauthorizedAccessException => CliFailure.LocalState("FileTrouble", exception.Message),
        _ => null,
    };
}
