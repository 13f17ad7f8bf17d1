using System.Runtime.ExceptionServices;

namespace DePinChain.State;

/// <summary>Runs independent pieces of root computation on several cores. The only place in the state that starts threads.</summary>
internal static class Cores
{
    public static void For(int count, int threads, Action<int> work)
    {
        if (threads == 1 || count <= 1)
        {
            for (int i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
        }
        catch (AggregateException several)
        {
            // Callers handle a damaged database by its own type, whichever thread found it.
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }
    }
}
