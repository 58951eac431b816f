// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MPI_SHARE_H
#define M3_MPI_SHARE_H

#include "ns3/m3-estimate-share.h"

#include <memory>

namespace ns3::m3
{

/**
 * Returns the processes that mpirun started, for one estimate. To be called once, within RunMpiProgram() and only if
 * StartedByMpirun().
 * \throws InputError if the program was built without Boost.MPI
 */
std::unique_ptr<EstimateShare> MakeMpiShare();

} // namespace ns3::m3

#endif // M3_MPI_SHARE_H
