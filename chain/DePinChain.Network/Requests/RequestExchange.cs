using DePinChain.Network.Peers;
using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Requests;

/// <summary>Questions and answers, one stream each.</summary>
/// <remarks>There: a varint length and RLP. Back: chunks of a status byte, a varint length and RLP.</remarks>
public sealed class RequestExchange
{
    private const int AtOncePerPeer = 16;

    private static readonly TimeSpan TotalWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FirstByteWithin = TimeSpan.FromSeconds(5);

    private readonly Swarm _swarm;
    private readonly PeerLimits _limits;
    private readonly PeerStandings _standings;
    private readonly DevelopmentWeather? _weather;
    private readonly TimeProvider _time;

    public RequestExchange(Swarm swarm, PeerLimits limits, PeerStandings standings, DevelopmentWeather? weather, TimeProvider time)
    {
        _swarm = swarm;
        _limits = limits;
        _standings = standings;
        _weather = weather;
        _time = time;
    }

    /// <summary>Answers a protocol: the question comes with a place for its answer, which may be given later, once.</summary>
    public void Serve(RequestShape shape, Action<PeerId, ReadOnlyMemory<byte>, Action<Answer>> asked) =>
        _swarm.Handle(shape.Name, (connection, stream, _, cancellation) => ServeAsync(shape, asked, connection, stream, cancellation));

    /// <summary>Asks a peer. Never throws: a peer that is gone, slow or broken gives <see cref="Answer.Unanswered"/>.</summary>
    public async Task<Answer> AskAsync(PeerId peer, RequestShape shape, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (_swarm.Find(peer) is not { } connection || !connection.TryEnter(OwnSide(shape), AtOncePerPeer)) return Answer.Unanswered;
        try
        {
            return await AskAsync(connection, shape, request, cancellation);
        }
        catch (WireException)
        {
            _standings.Report(peer, PeerConduct.InvalidMessage);
            return Answer.Unanswered;
        }
        catch (OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested) _standings.Report(peer, PeerConduct.Timeout);
            return Answer.Unanswered;
        }
        catch (IOException)
        {
            return Answer.Unanswered;
        }
        finally
        {
            connection.Leave(OwnSide(shape));
        }
    }

    private async Task<Answer> AskAsync(
        PeerConnection connection, RequestShape shape, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (_weather is not null) await _weather.DelayAsync(connection.Peer, _time.GetTimestamp(), cancellation);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(FirstByteWithin);
        YamuxStream stream;
        try
        {
            (stream, _) = await connection.OpenAsync([shape.Name], limit.Token);
        }
        catch (WireException)
        {
            return Answer.Unanswered; // It does not speak this protocol: older or newer than us, and nobody's fault.
        }

        await using (stream)
        {
            await LengthPrefixed.WriteAsync(stream, request, limit.Token);
            stream.CloseWrite();
            return await ReadAnswerAsync(stream, shape, limit);
        }
    }

    private static async Task<Answer> ReadAnswerAsync(Stream stream, RequestShape shape, CancellationTokenSource limit)
    {
        List<ReadOnlyMemory<byte>> chunks = [];
        int left = shape.AnswerMax;
        byte[] status = new byte[1];
        while (await stream.ReadAsync(status, limit.Token) > 0)
        {
            if (chunks.Count == 0) limit.CancelAfter(TotalWithin);
            if (status[0] is (byte)AnswerStatus.InvalidRequest or (byte)AnswerStatus.NotAvailable)
                return Answer.Refused((AnswerStatus)status[0]);
            if (status[0] != (byte)AnswerStatus.Success) throw new WireException($"an answer has the unknown status {status[0]}");
            if (chunks.Count == shape.ChunksMax) throw new WireException($"an answer has more than {shape.ChunksMax} chunks");
            byte[] chunk = await LengthPrefixed.ReadAsync(stream, Math.Min(left, shape.ChunkMax), limit.Token)
                ?? throw new WireException("an answer ended after the status of a chunk");
            left -= chunk.Length;
            chunks.Add(chunk);
        }

        return new Answer(AnswerStatus.Success, chunks);
    }

    private async Task ServeAsync(
        RequestShape shape, Action<PeerId, ReadOnlyMemory<byte>, Action<Answer>> asked, PeerConnection connection, YamuxStream stream,
        CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TotalWithin);
        if (!connection.TryEnter(shape.Name, AtOncePerPeer)) return;
        try
        {
            byte[]? request = await LengthPrefixed.ReadAsync(stream, shape.RequestMax, limit.Token);
            if (request is null) return;
            Answer answer = Answer.Refused(AnswerStatus.NotAvailable);
            if (_limits.TryTakeRequest(connection.Peer))
            {
                TaskCompletionSource<Answer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
                asked(connection.Peer, request, given => answered.TrySetResult(given));
                answer = await answered.Task.WaitAsync(limit.Token);
            }

            if (answer.Status == AnswerStatus.Unanswered) return;
            if (_weather is not null) await _weather.DelayAsync(connection.Peer, _time.GetTimestamp(), limit.Token);
            await WriteAnswerAsync(stream, answer, limit.Token);
            await stream.CloseAsync(cancellation);
        }
        finally
        {
            connection.Leave(shape.Name);
        }
    }

    private static async Task WriteAnswerAsync(Stream stream, Answer answer, CancellationToken cancellation)
    {
        if (answer.Status is AnswerStatus.InvalidRequest or AnswerStatus.NotAvailable)
        {
            await stream.WriteAsync(new[] { (byte)answer.Status }, cancellation);
            return;
        }

        foreach (ReadOnlyMemory<byte> chunk in answer.Chunks)
        {
            byte[] prefix = [(byte)AnswerStatus.Success, .. UnsignedVarint.Encode((ulong)chunk.Length)];
            await stream.WriteAsync(prefix, cancellation);
            await stream.WriteAsync(chunk, cancellation);
        }
    }

    private static string OwnSide(RequestShape shape) => "asked " + shape.Name;
}
