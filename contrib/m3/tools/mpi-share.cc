// SPDX-License-Identifier: GPL-2.0-only
#include "mpi-share.h"

#include "mpi-work.h"

#ifdef M3_HAS_MPI
#include <boost/mpi.hpp>
#include <boost/serialization/vector.hpp>
#endif

namespace ns3::m3
{

#ifdef M3_HAS_MPI

namespace
{

class MpiShare : public EstimateShare
{
  public:
    uint32_t Processes() const override
    {
        return static_cast<uint32_t>(m_world.size());
    }

    uint32_t Rank() const override
    {
        return static_cast<uint32_t>(m_world.rank());
    }

    std::vector<std::vector<float>> Gather(const std::vector<float>& mine) override
    {
        std::vector<std::vector<float>> all;
        boost::mpi::gather(m_world, mine, all, 0);
        return all;
    }

    double OfFirst(double mine) override
    {
        boost::mpi::broadcast(m_world, mine, 0);
        return mine;
    }

  private:
    boost::mpi::communicator m_world;
};

} // namespace

std::unique_ptr<EstimateShare> MakeMpiShare()
{
    StartMpi();
    return std::make_unique<MpiShare>();
}

#else

std::unique_ptr<EstimateShare> MakeMpiShare()
{
    ThrowBuiltWithoutMpi();
}

#endif

} // namespace ns3::m3
