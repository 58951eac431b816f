// SPDX-License-Identifier: GPL-2.0-only
#include "mpi-work.h"

#include "ns3/m3-input-error.h"
#include "ns3/m3-run-program.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#ifdef M3_HAS_MPI
#include <boost/mpi.hpp>
#include <boost/serialization/vector.hpp>

#include <memory>
#endif

namespace ns3::m3
{

namespace
{

/// Of this process among those that mpirun started, before MPI is up.
int RankByEnvironment()
{
    for (const char* variable : {"OMPI_COMM_WORLD_RANK", "PMI_RANK"})
    {
        if (const char* rank = std::getenv(variable))
        {
            return std::atoi(rank);
        }
    }
    return 0;
}

/// Waits on other ranks, so that an error that all ranks meet is printed by rank 0, which then ends them.
void LetTheFirstSpeak()
{
    constexpr int MAX_DELAYED_RANKS = 20;
    if (const int rank = RankByEnvironment(); rank > 0)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500 + 250 * std::min(rank, MAX_DELAYED_RANKS)));
    }
}

#ifdef M3_HAS_MPI
std::unique_ptr<boost::mpi::environment> g_mpi; //!< while MPI is up
#endif

} // namespace

bool StartedByMpirun()
{
    return std::getenv("OMPI_COMM_WORLD_SIZE") || std::getenv("PMI_SIZE");
}

void ThrowBuiltWithoutMpi()
{
    throw InputError("was built without MPI; install the package libboost-mpi-dev, configure and build again");
}

int RunMpiProgram(const char* name, const std::function<int()>& main)
{
    if (!StartedByMpirun())
    {
        return RunProgram(name, main);
    }
    try
    {
        const int code = main();
#ifdef M3_HAS_MPI
        g_mpi.reset();
#endif
        return code;
    }
    catch (const std::exception& error)
    {
        LetTheFirstSpeak();
        std::fprintf(stderr, "%s: %s\n", name, MessageOf(error).c_str());
#ifdef M3_HAS_MPI
        if (g_mpi)
        {
            std::fflush(stdout);
            boost::mpi::environment::abort(1); // ends all ranks, whatever they wait for
        }
#endif
        return 1; // mpirun ends the others
    }
}

#ifdef M3_HAS_MPI

namespace
{

/// Messages of a rank to rank 0.
enum Tag : int
{
    DONE,    //!< an item is done
    FINISHED //!< all of the rank's items are done
};

/// Counts on rank 0 the work done by all ranks.
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

    /// Waits for the other ranks.
    MpiOutcome Finish()
    {
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
                m_world.recv(message->source(), FINISHED);
                m_finished++;
            }
        }
        m_work.progress(m_outcome.done, m_items);
    }

    const boost::mpi::communicator& m_world;
    const MpiWork& m_work;
    uint64_t m_items;
    MpiOutcome m_outcome{true, 0};
    int m_finished = 0; //!< other ranks
};

} // namespace

void StartMpi()
{
    if (!g_mpi)
    {
        g_mpi = std::make_unique<boost::mpi::environment>(false); // RunMpiProgram ends it, after errors too
    }
}

MpiOutcome ShareWork(const MpiWork& work)
{
    StartMpi();
    const boost::mpi::communicator world;
    const bool isFirst = world.rank() == 0;
    std::vector<uint64_t> list;
    if (isFirst)
    {
        list = work.list();
    }
    boost::mpi::broadcast(world, list, 0);
    Listener listener(world, work, list.size());
    MpiOutcome own{isFirst, 0};
    for (auto i = static_cast<std::size_t>(world.rank()); i < list.size(); i += static_cast<std::size_t>(world.size()))
    {
        work.work(list[i]);
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
        world.send(0, FINISHED);
        return own;
    }
    return listener.Finish();
}

#else

void StartMpi()
{
    ThrowBuiltWithoutMpi();
}

MpiOutcome ShareWork(const MpiWork&)
{
    ThrowBuiltWithoutMpi();
}

#endif

} // namespace ns3::m3
