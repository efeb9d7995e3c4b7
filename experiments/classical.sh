#!/bin/sh
# Makes classical.csv: `sh experiments/classical.sh LENET.safetensors LITE0.nvc` at the root.
#
# LENET.safetensors are the weights of Zhou et al. (2019), LITE0.nvc is made by bases/lite0.sh. Of
# ImageNet only its number of examples is known here, and no training errors of EfficientNet-Lite0
# are published: none are assumed, which is in favour of every bound. Its held-out errors are those
# of the 1,000 photographs of imagenet/README.md.
set -eu
lenet=$1
lite0=$2
nonvacuous=${NONVACUOUS:-nonvacuous}
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
certificates=experiments/certificates
bases=experiments/bases

"$nonvacuous" compress "$lenet" -o "$folder/lenet.nvc" --arch lenet5 --pixels=-1,1 \
  --flatten channel-first >/dev/null

one() {
  "$nonvacuous" classical --csv "$@" >"$folder/rows.csv"
  # The names of the columns once.
  if [ -e "$folder/all.csv" ]; then
    tail -n +2 "$folder/rows.csv" >>"$folder/all.csv"
  else
    cp "$folder/rows.csv" "$folder/all.csv"
  fi
}

one "$certificates/digits" --name "digits"
one "$folder/lenet.nvc" --data mnist --name "MNIST, LeNet-5"
one "$certificates/mnist-lenet5" --name "MNIST, our LeNet-5"
one "$certificates/mnist" --name "MNIST"
one "$certificates/mnist-from-fonts" --base "$bases/digits.nvc" --name "MNIST from fonts"
one "$certificates/fashion-mnist" --name "Fashion-MNIST"
one "$certificates/cifar10" --name "CIFAR-10"
one "$certificates/cifar10-from-imagenet" --base "$lite0" --limit 4000 \
  --name "CIFAR-10 from ImageNet"
one "$lite0" --n 1281167 --errors 0 --held-out 1000:243 --limit 4000 --name "ImageNet, Lite0"

mv "$folder/all.csv" experiments/classical.csv
