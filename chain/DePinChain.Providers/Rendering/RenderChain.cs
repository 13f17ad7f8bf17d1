using System.Buffers.Binary;
using System.Text;
using DePinChain.Client;
using DePinChain.Client.Rendering;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Rendering;

/// <summary>What numbers of the Render and Attestations modules mean.</summary>
internal static class RenderWords
{
    public const ulong Assigned = 1, Committed = 2, Revealing = 3, Delivered = 4, Rejected = 5, Judging = 6, Approved = 7;

    public const ulong CheckAssigned = 1, CheckCommitted = 2;

    public const ulong FrameKind = 6, Committing = 3, Answering = 4;

    public const ulong SeatDrawn = 0, SeatCommitted = 1;

    public const ulong Valid = 1;
}

/// <summary>The modules by the names of their ABI, and the node's account.</summary>
internal sealed class RenderChain : IDisposable
{
    private const uint PageMax = 100;

    private RenderChain(AgentAccount account)
    {
        Account = account;
        Render = account.Module("render");
        Committees = account.Module("attestations");
        Contents = new ContentDesk(account.Blobs);
    }

    public AgentAccount Account { get; }

    public ModuleGateway Render { get; }

    public ModuleGateway Committees { get; }

    public ContentDesk Contents { get; }

    public Address Node => Account.Address;

    public static async Task<RenderChain> OpenAsync(string rpc, PrivateKey key, CancellationToken cancellation)
    {
        AgentAccount account = await AgentAccount.OpenAsync(rpc, key, cancellation);
        try
        {
            return new RenderChain(account);
        }
        catch
        {
            account.Dispose();
            throw;
        }
    }

    /// <summary>The node's record; null when it is none.</summary>
    public async Task<AbiRecord?> FindNodeAsync(CancellationToken cancellation)
    {
        try
        {
            return await Render.RecordAsync("getNode", cancellation, Node);
        }
        catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
        {
            return null;
        }
    }

    public Task<AbiRecord> JobAsync(ulong job, CancellationToken cancellation) =>
        Render.RecordAsync("getJob", cancellation, (UInt256)job);

    public Task<AbiRecord> FrameAsync(ulong job, uint frame, CancellationToken cancellation) =>
        Render.RecordAsync("getFrame", cancellation, (UInt256)job, (UInt256)frame);

    /// <summary>Frames that were given to this node between two blocks, both included.</summary>
    public async Task<IReadOnlyList<(ulong Job, uint Frame)>> AssignedAsync(ulong from, ulong to, CancellationToken cancellation) =>
        [.. (await Render.LogsAsync("FrameAssigned", from, to, cancellation, null, null, LogTopic.Of(Node)))
            .Select(static log => (log.Values.Count("job"), (uint)log.Values.Count("frame"))).Distinct()];

    /// <summary>Judgements of frames that wait for committees.</summary>
    public async Task<IReadOnlyList<(ulong Judgement, AbiRecord Report)>> JudgementsAsync(CancellationToken cancellation)
    {
        var found = new List<(ulong, AbiRecord)>();
        for (ulong start = 0; ; start += PageMax)
        {
            object?[] page = (object?[])(await Committees.ValueAsync("getLiveJobs", cancellation, (UInt256)start, (UInt256)PageMax))!;
            foreach (object? one in page)
            {
                ulong job = (ulong)(UInt256)one!; // the view answers an array of numbers
                if (await FindReportAsync(job, cancellation) is { } report) found.Add((job, report));
            }

            if (page.Length < PageMax) return found;
        }
    }

    /// <summary>The seats of a judgement, in order.</summary>
    public async Task<IReadOnlyList<AbiRecord>> SeatsAsync(ulong judgement, CancellationToken cancellation)
    {
        AbiFunction view = Committees.Module.Abi.Functions.First(static function => function.Name == "getSeats");
        object?[] seats = (object?[])(await Committees.ValueAsync("getSeats", cancellation, (UInt256)judgement))!; // an array of tuples
        return [.. seats.Select(one => new AbiRecord(view.Outputs[0].Components, (object?[])one!))];
    }

    /// <summary>Which frame a judgement is about; null when that is not to be found.</summary>
    public async Task<(ulong Job, uint Frame)?> FindFrameAsync(ulong judgement, ulong head, CancellationToken cancellation)
    {
        foreach (ModuleLog log in await Render.LogsAsync("FrameJudging", head > LookBack ? head - LookBack : 0, head, cancellation))
            if (log.Values.Count("judgement") == judgement) return (log.Values.Count("job"), (uint)log.Values.Count("frame"));
        return null;
    }

    /// <summary>Whose seats this key judges in; zero for nobody's.</summary>
    public async Task<Address> VerifierAsync(CancellationToken cancellation) =>
        (Address)(await Committees.ValueAsync("ownerOfWorker", cancellation, Node))!; // as its ABI says

    /// <summary>
    /// What hides pixels until they are shown. It follows from the key, so that a node that lost its folder can still show what it renders
    /// again.
    /// </summary>
    public Hash256 SaltOf(string what, ulong job, uint part)
    {
        byte[] message = [.. Encoding.ASCII.GetBytes("depin-render/" + what), .. new byte[20]];
        Span<byte> numbers = message.AsSpan(message.Length - 20);
        BinaryPrimitives.WriteUInt64BigEndian(numbers, Account.ChainId);
        BinaryPrimitives.WriteUInt64BigEndian(numbers[8..], job);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[16..], part);
        return Account.Derive(message);
    }

    public void Dispose() => Account.Dispose();

    // Longer than any committee and its successors take.
    private const ulong LookBack = 5_000;

    private async Task<AbiRecord?> FindReportAsync(ulong judgement, CancellationToken cancellation)
    {
        try
        {
            AbiRecord report = await Committees.RecordAsync("getJob", cancellation, (UInt256)judgement);
            return report.Record("record").Count("kind") == RenderWords.FrameKind ? report : null;
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }
}
