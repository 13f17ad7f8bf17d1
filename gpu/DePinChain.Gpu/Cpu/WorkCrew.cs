namespace DePinChain.Gpu.Cpu;

/// <summary>
/// A fixed set of threads that share out the parts of one call. Which thread does which part decides nothing: parts write to places of
/// their own and no sum crosses parts.
/// </summary>
public sealed class WorkCrew : IDisposable
{
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly CountdownEvent _done = new(1);
    private Action<int>? _work;
    private Exception? _failure;
    private int _parts;
    private int _next;
    private volatile bool _closed;

    /// <param name="workers">Threads that work together, the caller's included.</param>
    public WorkCrew(int workers)
    {
        _threads = new Thread[Math.Max(0, workers - 1)];
        for (int at = 0; at < _threads.Length; at++)
        {
            _threads[at] = new Thread(Serve) { IsBackground = true, Name = "kernel crew" };
            _threads[at].Start();
        }
    }

    /// <summary>Threads that work together.</summary>
    public int Workers => _threads.Length + 1;

    /// <summary>Calls <paramref name="work"/> for parts 0 … parts − 1 and returns when all are done. One caller at a time.</summary>
    public void Run(int parts, Action<int> work)
    {
        if (_threads.Length == 0 || parts <= 1)
        {
            for (int part = 0; part < parts; part++) work(part);
            return;
        }

        (_work, _parts, _next, _failure) = (work, parts, -1, null);
        int helpers = Math.Min(_threads.Length, parts - 1);
        _done.Reset(helpers + 1);
        _start.Release(helpers);
        Work();
        _done.Signal();
        _done.Wait(Timeout.Infinite);
        _work = null;
        if (_failure is not null) throw new InvalidOperationException("A part of a kernel failed.", _failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _start.Release(Math.Max(1, _threads.Length));
        foreach (Thread thread in _threads) thread.Join();
        _start.Dispose();
        _done.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            _start.Wait(Timeout.Infinite);
            if (_closed) return;
            Work();
            _done.Signal();
        }
    }

    private void Work()
    {
        try
        {
            while (true)
            {
                int part = Interlocked.Increment(ref _next);
                if (part >= _parts) return;
                _work!(part);
            }
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }
}
