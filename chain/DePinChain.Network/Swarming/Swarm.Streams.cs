using DePinChain.Network.Multistream;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Swarming;

public sealed partial class Swarm
{
    /// <summary>Keeps the connection, or the one to the same peer that is preferred to it.</summary>
    /// <exception cref="IOException">The peer may not connect now.</exception>
    private PeerConnection Register(PeerConnection connection)
    {
        lock (_events)
        {
            // Judged within the lock, so that two that come at once do not take one place.
            string? refusal = _options.RefusePeer(connection.Peer, connection.Remote.Address, connection.IsInbound);
            if (refusal is not null) throw new IOException($"peer {connection.Peer} is refused: {refusal}");
            PeerConnection? replaced;
            lock (_gate)
            {
                replaced = _connections.GetValueOrDefault(connection.Peer);
                if (replaced is not null && IsPreferred(replaced, connection))
                {
                    Drop(connection);
                    return replaced;
                }

                _connections[connection.Peer] = connection;
            }

            if (replaced is not null)
            {
                if (replaced.TryLeave()) Disconnected?.Invoke(replaced, "replaced by another connection");
                replaced.Close();
            }

            Connected?.Invoke(connection);
        }

        Track(RunAsync(connection));
        return connection;
    }

    // The loser's loops run too, so that its going away is said and its buffers are given back.
    private void Drop(PeerConnection connection)
    {
        connection.TryLeave();
        Track(connection.Session.RunAsync());
        connection.Close();
    }

    private bool IsPreferred(PeerConnection old, PeerConnection fresh)
    {
        if (old.IsInbound == fresh.IsInbound || _time.GetUtcNow() - old.ConnectedAt > SimultaneousWithin) return false;
        PeerId diallerOfOld = old.IsInbound ? old.Peer : Self;
        PeerId diallerOfFresh = fresh.IsInbound ? fresh.Peer : Self;
        return diallerOfOld < diallerOfFresh;
    }

    private async Task RunAsync(PeerConnection connection)
    {
        SessionEnd end = await connection.Session.RunAsync();
        lock (_events)
        {
            lock (_gate)
            {
                if (_connections.GetValueOrDefault(connection.Peer) == connection) _connections.Remove(connection.Peer);
            }

            if (end.IsViolation) Misbehaved?.Invoke(connection, end.Reason);
            if (connection.TryLeave()) Disconnected?.Invoke(connection, end.Reason);
        }
    }

    private void OnStream(PeerConnection connection, YamuxStream stream, TokenBucket opening)
    {
        if (!opening.TryTake())
        {
            stream.Dispose();
            return;
        }

        Track(Task.Run(() => ServeAsync(connection, stream), CancellationToken.None));
    }

    private async Task ServeAsync(PeerConnection connection, YamuxStream stream)
    {
        try
        {
            string protocol;
            using (CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token))
            {
                limit.CancelAfter(NegotiateWithin);
                protocol = await ProtocolNegotiation.AnswerAsync(stream, _handlers.ContainsKey, limit.Token);
            }

            await _handlers[protocol](connection, stream, protocol, _stop.Token);
        }
        catch (WireException e)
        {
            Misbehaved?.Invoke(connection, e.Message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or TimeoutException)
        {
            // The stream ended early; whoever waits for an answer notices by itself.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private void Track(Task task)
    {
        lock (_gate) _running.Add(task);
        // An error that no code expects must be seen, and must not end the node's other work.
        _ = task.ContinueWith(
            done =>
            {
                lock (_gate) _running.Remove(done);
                if (done.Exception is not null) _options.Log($"a network task failed: {done.Exception.InnerException}");
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
