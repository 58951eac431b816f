#include "mpi-work.h"

#include "ns3/input-error.h"

#include <cstdlib>

#ifdef M3_HAS_MPI
#include <boost/mpi.hpp>
#include <boost/serialization/vector.hpp>

#include <chrono>
#include <exception>
#include <thread>
#endif

namespace ns3::m3
{

bool StartedByMpirun()
{
    return std::getenv("OMPI_COMM_WORLD_SIZE") || std::getenv("PMI_SIZE");
}

void ThrowBuiltWithoutMpi()
{
    throw InputError("was built without MPI; install the package libboost-mpi-dev, configure and build again");
}

#ifdef M3_HAS_MPI

namespace
{

/// What a rank tells rank 0.
enum Tag : int
{
    DONE,    //!< an item
    FINISHED //!< its part, and whether no item failed
};

/// Of rank 0, with what it hears of the others.
class Listener
{
  public:
    Listener(const boost::mpi::communicator& world, const MpiWork& work, uint64_t items)
        : m_world(world),
          m_work(work),
          m_items(items)
    {
    }

    void AddDone()
    {
        m_outcome.done++;
        Listen();
    }

    /// Waits for the other ranks. \param complete of this rank
    MpiOutcome Finish(bool complete)
    {
        m_outcome.complete = m_outcome.complete && complete;
        for (Listen(); m_finished < m_world.size() - 1; Listen())
        {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return m_outcome;
    }

  private:
    /// Takes the messages that have come.
    void Listen()
    {
        while (const auto message = m_world.iprobe())
        {
            if (message->tag() == DONE)
            {
                m_world.recv(message->source(), DONE);
                m_outcome.done++;
            }
            else
            {
                bool complete = false;
                m_world.recv(message->source(), FINISHED, complete);
                m_outcome.complete = m_outcome.complete && complete;
                m_finished++;
            }
        }
        m_work.progress(m_outcome.done, m_items);
    }

    const boost::mpi::communicator& m_world;
    const MpiWork& m_work;
    uint64_t m_items;
    MpiOutcome m_outcome{true, 0, true};
    int m_finished = 0; //!< other ranks
};

/// ShareWork() while MPI is up, where an exception may not pass. \param error what `list` threw
MpiOutcome ShareWork(const MpiWork& work, std::exception_ptr& error)
{
    const boost::mpi::environment environment;
    const boost::mpi::communicator world;
    const bool isFirst = world.rank() == 0;
    std::vector<uint64_t> list;
    if (isFirst)
    {
        try
        {
            list = work.list();
        }
        catch (...)
        {
            error = std::current_exception(); // the others wait for a list
        }
    }
    boost::mpi::broadcast(world, list, 0);
    Listener listener(world, work, list.size());
    MpiOutcome own{isFirst, 0, true};
    for (auto i = static_cast<std::size_t>(world.rank()); i < list.size() && own.complete;
         i += static_cast<std::size_t>(world.size()))
    {
        own.complete = work.work(list[i]);
        if (!own.complete)
        {
            continue;
        }
        own.done++;
        if (isFirst)
        {
            listener.AddDone();
        }
        else
        {
            world.send(0, DONE);
        }
    }
    if (!isFirst)
    {
        world.send(0, FINISHED, own.complete);
        return own;
    }
    return listener.Finish(own.complete);
}

} // namespace

MpiOutcome ShareWork(const MpiWork& work)
{
    std::exception_ptr error;
    const MpiOutcome outcome = ShareWork(work, error);
    if (error)
    {
        std::rethrow_exception(error);
    }
    return outcome;
}

#else

MpiOutcome ShareWork(const MpiWork&)
{
    ThrowBuiltWithoutMpi();
}

#endif

} // namespace ns3::m3
