// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MPI_WORK_H
#define M3_MPI_WORK_H

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3::m3
{

/// Returns whether an mpirun (of Open MPI, MPICH or a derivative) started this process. Does not use MPI.
bool StartedByMpirun();

/// \throws InputError that says what to install
[[noreturn]] void ThrowBuiltWithoutMpi();

/**
 * Runs a program that mpirun may have started, as RunProgram does. An exception on any rank ends all ranks with one
 * message and exit code 1; rank 0 prints an error that all ranks meet.
 */
int RunMpiProgram(const char* name, const std::function<int()>& main);

/// Initializes MPI once; RunMpiProgram() finalizes it. \throws InputError if the program was built without
/// Boost.MPI
void StartMpi();

/// Work on a list of items, shared by processes that mpirun started, on one machine or many.
struct MpiWork
{
    std::function<std::vector<uint64_t>()> list; //!< returns the items; called on rank 0, which broadcasts them
    std::function<void(uint64_t item)> work;     //!< works on an item
    std::function<void(uint64_t done, uint64_t items)> progress; //!< called on rank 0 from time to time
};

/// Outcome of the work: on rank 0 that of all ranks, on another rank its own.
struct MpiOutcome
{
    bool isFirst;  //!< whether this is rank 0
    uint64_t done; //!< number of items done
};

/**
 * Works on this process's share: every n-th item of the list, for n processes. Returns on rank 0 when all are done. To
 * be called once, within RunMpiProgram() and only if StartedByMpirun().
 * \throws InputError if the program was built without Boost.MPI; what `list` and `work` throw
 */
MpiOutcome ShareWork(const MpiWork& work);

} // namespace ns3::m3

#endif // M3_MPI_WORK_H
