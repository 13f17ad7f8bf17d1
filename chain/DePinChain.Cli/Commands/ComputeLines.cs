using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What a tenant asks its provider for: standing, output, commands.</summary>
internal static class ComputeLines
{
    private static readonly Argument<ulong> Deployment =
        new("deployment") { Description = "Its number, as 'depin compute leases' shows it." };
    private static readonly Option<string?> Service = new("--service") { Description = "Which service; the first when left out." };
    private static readonly Option<int> Replica = new("--replica") { Description = "Which replica, from 0." };

    public static Command Logs()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on as it comes." };
        var tail = new Option<int>("--tail") { Description = "Lines from the end.", DefaultValueFactory = _ => 100 };
        var command = new Command("logs", "What a container printed.") { Deployment, Service, Replica, follow, tail };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            (ComputeLink link, Hash256 lease, string service) = await OpenAsync(desk, parse, cancellation);
            using (link)
            {
                await using Stream output = await link.LogsAsync(
                    lease, service, parse.GetValue(Replica), Math.Clamp(parse.GetValue(tail), 0, 10_000), parse.GetValue(follow),
                        cancellation);
                await PrintAsync(output, cancellation);
            }
        });
        return command;
    }

    public static Command Exec()
    {
        var words = new Argument<string[]>("command") { Description = "The program and its arguments, after --." };
        var command = new Command("exec", "Runs a command in a container; its exit code is this one's.") { Deployment, words, Service,
            Replica };
        command.SetAction(async (parse, cancellation) =>
        {
            int code = 0;
            using var session = new Session(parse);
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            (ComputeLink link, Hash256 lease, string service) = await OpenAsync(desk, parse, cancellation);
            using (link)
            {
                await using Stream output = await link.ExecAsync(
                    lease, new ExecWish(service, parse.GetValue(Replica), parse.GetValue(words) ?? []), cancellation);
                code = await PrintAsync(output, cancellation);
            }

            return code;
        });
        return command;
    }

    /// <summary>A deployment: its money, its groups, and what their providers say.</summary>
    public static async Task ShowAsync(Session session, ComputeDesk desk, ulong dseq, CancellationToken cancellation)
    {
        AbiRecord deployment = await desk.RequireDeploymentAsync(dseq, cancellation);
        AbiRecord money = await desk.Escrow.RecordAsync("getAccount", cancellation,
            (await desk.AccountOfAsync(dseq, cancellation)).ToArray());
        var groups = new JsonArray();
        foreach (GroupView group in await desk.GroupsAsync(dseq, cancellation))
        {
            var view = new JsonObject
            {
                ["group"] = group.Gseq,
                ["state"] = ComputeDesk.GroupState(group.Group.Count("state")),
                ["order"] = ComputeDesk.OrderState(group.Order.Count("state")),
            };
            if (group.Record is { } record)
            {
                view["lease"] = group.Lease.ToString();
                view["leaseState"] = ComputeDesk.LeaseState(record.Count("state"));
                view["provider"] = record.Address("provider").ToString();
                view["price"] = record.Amount("price").ToString();
                view["startedAt"] = record.Count("startedAt");
                view["closedAt"] = record.Count("closedAt");
                view["reason"] = ComputeDesk.ReasonOf(record.Count("reason"));
                if (group.IsLive) view["provides"] = await AskAsync(desk, group, cancellation);
            }

            groups.Add(view);
        }

        session.Output.Facts(
            ("deployment", dseq.ToString(CultureInfo.InvariantCulture)), ("state", deployment.Count("state") == 1 ? "active" : "closed"),
            ("balance", money.Amount("balance").ToString()), ("paid", money.Amount("transferred").ToString()),
            ("perBlock", money.Amount("rateSum").ToString()),
            ("dryAt", money.Count("dryHeight") is > 0 and var dry ? dry.ToString(CultureInfo.InvariantCulture) : null),
            ("head", (await desk.HeadAsync(cancellation)).ToString(CultureInfo.InvariantCulture)), ("groups", groups));
    }

    private static async Task<JsonNode?> AskAsync(ComputeDesk desk, GroupView group, CancellationToken cancellation)
    {
        try
        {
            using ComputeLink link = await desk.LinkAsync(group.Record!.Address("provider"), cancellation);
            LeaseStanding standing = await link.StandingAsync(group.Lease, cancellation);
            return new JsonObject
            {
                ["state"] = standing.State,
                ["reason"] = standing.Reason,
                ["services"] = ComputeCommands.ServicesOf(standing),
            };
        }
        catch (Exception trouble) when (trouble is ProviderUnreachableException or ProviderRefusedException or CliFailure)
        {
            return trouble.Message;
        }
    }

    private static async Task<(ComputeLink Link, Hash256 Lease, string Service)> OpenAsync(
        ComputeDesk desk, ParseResult parse, CancellationToken cancellation)
    {
        ulong dseq = parse.GetValue(Deployment);
        GroupView[] live = [.. (await desk.GroupsAsync(dseq, cancellation)).Where(static group => group.IsLive)];
        string? wanted = parse.GetValue(Service);
        foreach (GroupView group in live)
        {
            ComputeLink link = await desk.LinkAsync(group.Record!.Address("provider"), cancellation);
            LeaseStanding standing = await link.StandingAsync(group.Lease, cancellation);
            ReplicaStanding? found = standing.Replicas.FirstOrDefault(one => wanted is null || one.Service == wanted);
            if (found is not null) return (link, group.Lease, found.Service);
            link.Dispose();
        }

        throw new CliFailure(ExitCode.RejectedByChain, "NothingRuns",
            wanted is null ? $"deployment {dseq} runs nothing now" : $"no service '{wanted}' of deployment {dseq} runs now")
        {
            Hint = $"depin compute status {dseq}",
        };
    }

    private static async Task<int> PrintAsync(Stream frames, CancellationToken cancellation)
    {
        int code = 0;
        await using Stream output = Console.OpenStandardOutput(), error = Console.OpenStandardError();
        await OutputFrames.ReadAsync(frames, async (stream, bytes) =>
        {
            switch (stream)
            {
                case OutputFrames.ExitCode when bytes.Length == sizeof(int):
                    code = BinaryPrimitives.ReadInt32BigEndian(bytes.Span);
                    break;
                case OutputFrames.Error:
                    await error.WriteAsync(bytes, cancellation);
                    break;
                default:
                    await output.WriteAsync(bytes, cancellation);
                    break;
            }
        }, cancellation);
        return code;
    }
}
