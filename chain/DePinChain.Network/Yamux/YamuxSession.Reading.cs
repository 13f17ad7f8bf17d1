using DePinChain.Network.Wire;

namespace DePinChain.Network.Yamux;

public sealed partial class YamuxSession
{
    private YamuxStream? _filling;
    private bool _endsAfterBody;
    private int _bodyLeft;

    private async Task ReadLoopAsync()
    {
        byte[] buffer = new byte[2 * YamuxLimits.FrameMax];
        int start = 0, end = 0;
        while (true)
        {
            int read = await _wire.ReadAsync(buffer.AsMemory(end), _stop.Token);
            if (read == 0) return;
            BytesReceived += read;
            end += read;
            start += Consume(buffer.AsSpan(start, end - start));
            // What is left is less than a header.
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
    }

    /// <summary>Takes as much as is complete; returns how many bytes that were.</summary>
    internal int Consume(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (true)
        {
            if (_bodyLeft > 0)
            {
                int size = Math.Min(_bodyLeft, bytes.Length - taken);
                if (size == 0) return taken;
                Fill(bytes.Slice(taken, size));
                taken += size;
            }
            else
            {
                if (bytes.Length - taken < YamuxHeader.Size) return taken;
                Begin(YamuxHeader.Read(bytes[taken..]));
                taken += YamuxHeader.Size;
            }
        }
    }

    private void Fill(ReadOnlySpan<byte> bytes)
    {
        _bodyLeft -= bytes.Length;
        if (_filling is not null)
        {
            CountUnread(_filling.Receive(bytes));
            if (_unread > Limits.UnreadMax) throw new WireException($"more than {Limits.UnreadMax} bytes of a peer wait to be read");
        }

        if (_bodyLeft == 0) EndBody();
    }

    private void EndBody()
    {
        if (_endsAfterBody) _filling?.EndRead();
        _filling = null;
        _endsAfterBody = false;
    }

    private void Begin(YamuxHeader header)
    {
        switch (header.Type)
        {
            case YamuxType.Ping:
                OnPing(header);
                break;
            case YamuxType.GoAway:
                lock (_gate) _remoteLeaves = true;
                break;
            default:
                OnStreamFrame(header);
                break;
        }
    }

    private void OnStreamFrame(YamuxHeader header)
    {
        bool carriesData = header.Type == YamuxType.Data;
        // No window is ever larger, so this is a lie for whatever stream (rust-yamux GHSA-vxx9: SYN with 262,145 bytes).
        if (carriesData && header.Length > Limits.WindowMax)
            throw new WireException($"a data frame of {header.Length} bytes is announced, no window is larger than {Limits.WindowMax}");
        YamuxStream? stream = (header.Flags & YamuxFlags.Syn) != 0 ? Accept(header.StreamId) : Find(header.StreamId);
        bool resets = (header.Flags & YamuxFlags.Reset) != 0;
        if (carriesData)
        {
            _bodyLeft = (int)header.Length;
            // A frame for a stream that ended here meanwhile is passed over.
            _filling = resets ? null : stream;
            if (_filling is not null && !_filling.TryReserve(header.Length))
                throw new WireException("a peer sent more than a stream's window allows");
        }
        else if (stream is not null && !stream.TryCredit(header.Length))
        {
            throw new WireException("a peer gave a stream more credit than 32 bits hold");
        }

        if (resets) stream?.End("the stream was reset by the peer");
        else if ((header.Flags & YamuxFlags.Fin) != 0)
        {
            if (_bodyLeft > 0) _endsAfterBody = true;
            else stream?.EndRead();
        }

        if (_bodyLeft == 0) _filling = null;
    }

    private YamuxStream? Find(uint id)
    {
        lock (_gate) return _streams.GetValueOrDefault(id);
    }

    /// <summary>The peer opens a stream; null when it has too many, and is told so.</summary>
    private YamuxStream? Accept(uint id)
    {
        if ((id % 2 == 1) == _dialler) throw new WireException("a peer opens a stream with a number of the other side");
        YamuxStream? stream = null;
        lock (_gate)
        {
            if (_streams.ContainsKey(id)) throw new WireException("a peer opens a stream twice");
            if (!_closed && _inbound < Limits.InboundStreamsMax)
            {
                stream = new YamuxStream(this, id, inbound: true);
                _inbound++;
                _streams.Add(id, stream);
            }
        }

        if (stream is null)
        {
            SendControl(YamuxType.Data, YamuxFlags.Reset, id, 0);
            return null;
        }

        SendControl(YamuxType.WindowUpdate, YamuxFlags.Ack, id, 0);
        _opened(stream);
        return stream;
    }

    private void OnPing(YamuxHeader header)
    {
        if ((header.Flags & YamuxFlags.Syn) != 0)
        {
            SendControl(YamuxType.Ping, YamuxFlags.Ack, 0, header.Length);
            return;
        }

        TaskCompletionSource? pong = null;
        lock (_gate)
        {
            if (header.Length == _pingNumber) (pong, _pong) = (_pong, null);
        }

        pong?.TrySetResult();
    }
}
